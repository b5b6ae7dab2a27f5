import type { Log } from './log'
import { loggedMessage, withoutQuery } from './logged-error'

/**
 * The logger for Payload. Payload logs a failed upload as a bare error or text, as if the hub had failed. Such a line becomes
 * a warning without stack, addresses and paths. No line contains the statement or the values of a failed query.
 */
export function payloadLog(log: Log): Log {
  const own = log.child({})
  const fail = own.error.bind(own) as (...line: unknown[]) => void
  own.error = (...line: unknown[]): void => {
    const [first] = line
    if (first instanceof Error) own.warn({ failure: first.name }, withoutPlaces(loggedMessage(first)))
    else if (typeof first === 'string') own.warn(withoutPlaces(withoutQuery(first)))
    else fail(...withText(line))
  }
  return own
}

/** If a line has no message, Pino uses the unchanged message of its error. */
function withText([fields, text, ...rest]: unknown[]): unknown[] {
  const { err, msg } = (fields ?? {}) as { err?: unknown; msg?: unknown }
  if (typeof msg === 'string' && text === undefined)
    return [{ ...(fields as object), msg: withoutQuery(msg) }]
  if (text === undefined && err instanceof Error) return [fields, loggedMessage(err)]
  return [fields, typeof text === 'string' ? withoutQuery(text) : text, ...rest]
}

/** Addresses, and absolute paths of either system. */
const withoutPlaces = (text: string): string =>
  text.replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+|(?<![\w.])(?:[a-z]:)?[\\/][^\s'"]+/gi, '…')
