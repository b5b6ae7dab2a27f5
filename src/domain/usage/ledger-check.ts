import type { Sql } from '../../platform/database/sql'
import { CHECK_BLOCKS } from './ledger-check-blocks-sql'
import { CHECK_DAYS, CHECK_USERS, NEXT_USERS } from './ledger-check-sql'

/**
 * A figure that differs from the sum of the usage rows:
 * - `charged`, `held`: the period's counters
 * - `flying`: the subscription's calls in flight
 * - `rolled …`: the user's roll-up of the period
 * - `corrected`: the rows that an admin corrected
 * - `granted`: the extra tokens of the current period, compared with the grants
 * - `platform …`: the platform's roll-up of a day, compared with the users' roll-ups (which are checked against the
 *   rows)
 * - `users of days`: the users of a folded day or of a block of days, compared with those whose sums there are right
 * - `durations of days`: the calls in the histograms of a block of days
 */
export type Drift = {
  /** Null for the platform's figures. */
  userId: string | null
  /** The day for the platform's figures; null for calls in flight, which belong to no period. */
  periodStart: Date | null
  figure:
    | 'charged'
    | 'held'
    | 'flying'
    | 'rolled tokens'
    | 'rolled calls'
    | 'corrected'
    | 'granted'
    | 'platform tokens'
    | 'platform calls'
    | 'users of days'
    | 'durations of days'
  rows: number
  found: number
}

export type Checked = { users: number; periods: number; drifts: Drift[] }

const USERS_AT_ONCE = 200

/**
 * Recomputes periods from their usage rows and reports each figure that differs. `endedSince` leaves out periods that
 * ended before it. Current periods are always checked, unless the retention dropped some of their rows. The check
 * reads a few users at a time, in one statement and so in one snapshot: calls that are admitted or settled meanwhile
 * cannot look like drift. A healthy hub has no drift.
 */
export async function checkLedger(sql: Sql, endedSince: Date | null = null): Promise<Checked> {
  const checked: Checked = { users: 0, periods: 0, drifts: [] }
  for (let last = '00000000-0000-0000-0000-000000000000'; ; ) {
    const next = await sql.query<{ user_id: string }>(NEXT_USERS, [last, USERS_AT_ONCE])
    const users = next.rows.map(({ user_id }) => user_id)
    if (users.length === 0) break
    last = users[users.length - 1] as string
    const { rows } = await sql.query<Drift & { periods: number }>(CHECK_USERS, [users, endedSince])
    checked.users += users.length
    checked.periods += rows[0]?.periods ?? 0
    checked.drifts.push(...rows.filter(({ figure }) => figure !== null).map(toDrift))
  }
  for (const check of [CHECK_DAYS, CHECK_BLOCKS])
    checked.drifts.push(...(await sql.query<Drift>(check, [endedSince])).rows)
  return checked
}

/** Only the drifts. */
export async function ledgerCheck(sql: Sql, endedSince: Date | null = null): Promise<Drift[]> {
  return (await checkLedger(sql, endedSince)).drifts
}

function toDrift({ userId, periodStart, figure, rows, found }: Drift): Drift {
  return { userId, periodStart, figure, rows, found }
}
