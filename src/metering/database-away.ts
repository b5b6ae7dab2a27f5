import { sqlState } from '../database/sql'

/** SQLSTATE classes of a server that cannot be reached, stops, starts, or has no room: not the statement's fault. */
const AWAY = /^(08|53|57P)/

/**
 * True when an error says that the database is away, so that the same statement may succeed later. An error
 * without SQLSTATE comes from the connection (refused, reset, timed out) or from the pool.
 */
export function isDatabaseAway(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== undefined) return AWAY.test(state)
  return error instanceof Error && !(error instanceof TypeError) && !(error instanceof RangeError)
}
