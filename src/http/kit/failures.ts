import { isDatabaseAway } from '../../platform/database/database-away'
import { Problem } from '../../platform/kernel/problem'
import { fromPayload } from './document-problems'

/**
 * Translates whatever was thrown into the one error that callers see. An unknown error becomes INTERNAL with
 * itself as the cause, so that the log has it and the caller does not.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (isDatabaseAway(error)) return notReady(error)
  return fromPayload(error) ?? new Problem('INTERNAL', 'Something went wrong on our side.', { cause: error })
}

/** 503 while the database cannot be reached; worth another try in a moment. */
export function notReady(cause?: unknown): Problem {
  const message = 'The database cannot be reached right now. Try again in a moment.'
  return new Problem('NOT_READY', message, { headers: { 'Retry-After': '2' }, cause })
}
