import { sqlState } from '../database/sql'
import { Problem } from '../problem'
import { fromPayload } from './document-problems'

const LOST_CONNECTION = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
])
const LOST_CONNECTION_TEXT =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Cannot use a pool after calling end/i

/**
 * Translates whatever was thrown into the one error that callers see. An unknown error becomes INTERNAL with
 * itself as the cause, so that the log has it and the caller does not.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (isDatabaseAway(error)) return notReady(error)
  return fromPayload(error) ?? new Problem('INTERNAL', 'Something went wrong on our side.', [], {}, error)
}

/** 503 while the database cannot be reached; worth another try in a moment. */
export function notReady(cause?: unknown): Problem {
  const message = 'The database cannot be reached right now. Try again in a moment.'
  return new Problem('NOT_READY', message, [], { 'Retry-After': '2' }, cause)
}

/**
 * True when the error says that the database is away, is going away, or could not give a lock in time (55P03), rather
 * than that the statement was wrong.
 */
export function isDatabaseAway(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== undefined && /^(08|53|55000|55P03|57P)/.test(state)) return true
  for (let at = error; at instanceof Error; at = at.cause) {
    // Tools answer as data and mail leaves elsewhere: a lost socket inside a request is the database's.
    if (LOST_CONNECTION.has(String((at as NodeJS.ErrnoException).code))) return true
    if (LOST_CONNECTION_TEXT.test(at.message)) return true
  }
  return false
}
