import { sqlState } from './sql'

/** SQLSTATE classes of a server that cannot be reached, stops, starts, or has no room: not the statement's fault. */
const AWAY = /^(08|53|57P)/

/**
 * True unless the statement caused the error: the same statement may succeed later. Wider than `isDatabaseAway`, because a
 * settlement must not be lost: an error without SQLSTATE is treated as an error of the connection or the pool.
 */
export function isConnectionFault(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== undefined) return AWAY.test(state)
  return error instanceof Error && !(error instanceof TypeError) && !(error instanceof RangeError)
}

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
 * True when the error says that the database is away, is going away, or could not grant a lock in time (55P03), and
 * not that the statement was wrong.
 */
export function isDatabaseAway(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== undefined && /^(08|53|55000|55P03|57P)/.test(state)) return true
  for (let at = error; at instanceof Error; at = at.cause) {
    // Tools' network errors are returned as data, and mail is sent outside requests. So a lost socket in a request
    // is the database's.
    if (LOST_CONNECTION.has(String((at as NodeJS.ErrnoException).code))) return true
    if (LOST_CONNECTION_TEXT.test(at.message)) return true
  }
  return false
}
