import type { AfterErrorHook, PayloadRequest } from 'payload'
import { sqlState } from '../database/sql'
import type { Problem } from '../kernel/problem'

/**
 * Errors whose name does not tell whether the caller or the hub caused them. Payload would log each with its stack and
 * the values of a failed query. `loggingLevels` silences them, and this hook logs those that the hub caused.
 */
export const LOGGED_HERE = [
  'APIError',
  'Error',
  'FileRetrievalError',
  'FileUploadError',
  'GraphQLError',
  'MissingFile',
  'RangeError',
  'SyntaxError',
  'TypeError',
  'UnauthorizedError',
  'error',
]

type Answer = { status: number; name: string; message: string; data?: Record<string, unknown> }

/**
 * Payload's `afterError` hook, for REST and GraphQL: sets the status and details of the hub's problems,
 * and turns errors that only invalid input can cause into a 4xx. All others stay a 500 without their text.
 */
export const answerProblem: AfterErrorHook = ({ error, graphqlResult, req }) => {
  const thrown = (error as { originalError?: Error }).originalError ?? error
  const answer = explain(thrown) ?? explainFilter(thrown, req)
  if (!answer) return logFailure(thrown, req)
  const entry = { name: answer.name, message: answer.message, ...(answer.data ? { data: answer.data } : {}) }
  if (graphqlResult) {
    const result = graphqlResult as { extensions?: Record<string, unknown>; message?: string }
    return {
      graphqlResult: {
        ...result,
        message: answer.message,
        extensions: { name: answer.name, data: answer.data, statusCode: answer.status },
      } as typeof graphqlResult,
    }
  }
  return { status: answer.status, response: { errors: [entry] } }
}

function logFailure(thrown: Error & { status?: number }, req: PayloadRequest): void {
  if (thrown.status !== undefined && thrown.status < 500) return
  // The message of a failed query contains its values; `cause` is the database's own error.
  const failure = 'query' in thrown && thrown.cause instanceof Error ? thrown.cause : thrown
  req.payload.logger.error({ err: failure }, 'the generated API failed')
}

function explain(thrown: Error): Answer | null {
  const text = `${thrown.name}: ${thrown.message}`
  if (UNREADABLE.test(text) || isMisshapen(thrown)) return bad('The body or a value in it cannot be read')
  if (thrown.name !== 'Problem') return byState(sqlState(thrown))
  const { status, code, message, details } = thrown as Problem
  return { status, name: code, message, data: { details } }
}

/**
 * A filter, sort or join that Payload accepts but cannot turn into SQL: an operator that the field does not support, a
 * path that does not exist. It fails in Payload's query builder, or in the database as an invalid statement.
 */
function explainFilter(thrown: Error & { status?: number }, req: PayloadRequest): Answer | null {
  const asked = Object.keys(req.query ?? {}).some((name) => FILTERS.includes(name))
  const isGraphql = req.payloadAPI === 'GraphQL'
  if (!(asked || isGraphql) || (thrown.status ?? 500) < 500) return null
  const inBuilder = /[\\/](@payloadcms[\\/](drizzle|db-postgres)|drizzle-orm)[\\/]|JSON\.parse/.test(
    thrown.stack ?? '',
  )
  const state = sqlState(thrown)
  if (!(state ? state.startsWith('42') : inBuilder)) return null
  return bad('This filter, order or join cannot be answered: check its fields and operators')
}

const FILTERS = ['joins', 'prefix', 'sort', 'where']

/** Invalid JSON in a form, an incomplete form, an invalid date: only the parser's message identifies them. */
const UNREADABLE =
  /^SyntaxError: .*JSON|^RangeError: Invalid time value|Unexpected end of (form|multipart)|Malformed part header|Boundary not found/

/** Payload reads data without checking its shape. Only data whose shape does not fit its field fails there. */
function isMisshapen({ name, stack }: Error): boolean {
  const where = stack?.split('\n').slice(1, 4).join('\n') ?? ''
  return (
    name === 'TypeError' && /fields.hooks.beforeValidate|drizzle.\w+.(transform.write|upsertRow)/.test(where)
  )
}

/**
 * Classes of SQLSTATE: 22 is data that does not fit its type, 23 a violated constraint, 08 and 57P a database that is
 * away. 57014 is a statement that timed out, 55P03 a lock that was not available in time.
 */
function byState(state: string | undefined): Answer | null {
  if (state === undefined) return null
  if (state.startsWith('22'))
    return bad('A value does not fit its field: check numbers, ids, dates and NUL characters')
  if (state === '23505')
    return { status: 409, name: 'CONFLICT', message: 'A document with this value exists already' }
  if (state === '23503')
    return { status: 409, name: 'CONFLICT', message: 'Other documents refer to this one, or it is gone' }
  if (state === '57014')
    return bad('The database takes too long for this: ask for less, by a narrower filter or a smaller page')
  if (state === '40P01' || state === '40001' || state === '55P03') {
    return { status: 409, name: 'CONFLICT', message: 'Somebody else changed the same documents: try again' }
  }
  if (state.startsWith('23')) return bad('A required value is missing or not allowed')
  if (state.startsWith('08') || state.startsWith('57P') || state === '25P03') {
    return { status: 503, name: 'NOT_READY', message: 'The database is away: try again in a moment' }
  }
  return null
}

const bad = (message: string): Answer => ({ status: 400, name: 'VALIDATION_ERROR', message })
