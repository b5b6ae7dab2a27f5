import pino from 'pino'

/** The fields of a database error that quote no row and no parameter. `detail`, `where` and `hint` may quote them. */
const WITHOUT_VALUES = ['code', 'severity', 'schema', 'table', 'column', 'constraint', 'routine']

/** SQLSTATEs whose message quotes a value: data that does not fit its type, text that cannot be parsed. */
const QUOTES_A_VALUE = /^22|^42601$/

/** What a copy has of its own. */
const REPLACED = ['message', 'stack', 'cause', 'errors']

type Failure = Error & { code?: unknown; errors?: unknown }

/** Pino's serializer of errors, for which an error, or what caused it, may also be a query that failed. */
export const loggedError = (error: unknown): unknown =>
  error instanceof Error ? pino.stdSerializers.err(withoutValues(error)) : error

/** The message of an error; for a failed query without its statement and values. */
export function loggedMessage(error: Error): string {
  const { code } = error as Failure
  const text = withoutQuery(error.message)
  if (!isFromDatabase(error) || !QUOTES_A_VALUE.test(String(code))) return text
  return text.replace(/["„«“].*["“»”]/s, '…')
}

/** A text that may contain the message of a failed query, which ends with its statement and values. */
export const withoutQuery = (text: string): string => text.replace(/Failed query:.*/s, 'Failed query')

/** Drizzle's error has the statement and its values, in its message too; some statements hold values themselves. */
const isQuery = (error: Error): boolean => 'query' in error && 'params' in error
const isFromDatabase = (error: Error): boolean => 'severity' in error

/** The same error if it contains no query, otherwise a copy that can be logged. */
export function withoutValues(error: Failure, within: Error[] = []): Error {
  if (within.includes(error)) return new Error('an error that causes itself')
  const clean = (part: unknown) => (part instanceof Error ? withoutValues(part, [...within, error]) : part)
  const message = loggedMessage(error)
  const cause = clean(error.cause)
  const errors = Array.isArray(error.errors) ? error.errors.map(clean) : undefined
  const holdsValues = isQuery(error) || isFromDatabase(error)
  const isHarmless = !holdsValues && message === error.message && cause === error.cause
  if (isHarmless && !errors?.some((one, index) => one !== (error.errors as unknown[])[index])) return error
  const fields = Object.entries(error).filter(([name]) =>
    holdsValues ? WITHOUT_VALUES.includes(name) : !REPLACED.includes(name),
  )
  const copy = new Error(message)
  Object.setPrototypeOf(copy, Object.getPrototypeOf(error))
  const parts = Object.entries({ stack: stackOf(error, message), cause, errors })
  for (const [name, value] of parts)
    if (value !== undefined) Object.defineProperty(copy, name, { value, configurable: true, writable: true })
  return Object.assign(copy, Object.fromEntries(fields))
}

/** The stack begins with the message, whose lines may look like a frame's. */
function stackOf({ name, stack = '', message }: Error, logged: string): string {
  const end = stack.indexOf(message) + message.length
  return `${name}: ${logged}${stack.includes(message) ? stack.slice(end) : ''}`
}
