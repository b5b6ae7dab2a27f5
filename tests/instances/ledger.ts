import type { Pool } from 'pg'
import { ledgerCheck } from '../../src/domain/usage/ledger-check'
import { until } from '../support/until'

/** A person's balance as it is stored. */
export async function balanceOf(pool: Pool, userId: string) {
  const { rows } = await pool.query<{ used: number; held: number; flying: number }>(
    `select tokens_used::int as used, tokens_held::int as held, calls_in_flight as flying
     from subscriptions where user_id = $1`,
    [userId],
  )
  return rows[0]
}

/** What must be nothing once all calls have ended: drift, holds, calls in flight, rows that are not settled. */
export async function leftovers(pool: Pool) {
  const { rows } = await pool.query<{ held: number; flying: number; pending: number }>(
    `select (select coalesce(sum(tokens_held), 0)::int from subscriptions)
         + (select coalesce(sum(tokens_held), 0)::int from subscription_periods) as held,
       (select coalesce(sum(calls_in_flight), 0)::int from subscriptions) as flying,
       (select count(*)::int from usage_logs where status = 'pending') as pending`,
  )
  return { ...rows[0], drift: await ledgerCheck(pool) }
}

export const NOTHING = { held: 0, flying: 0, pending: 0, drift: [] }

/** Waits until no row is pending. */
export async function untilSettled(pool: Pool, withinMs?: number): Promise<void> {
  const isSettled = async () => {
    const { rows } = await pool.query(`select from usage_logs where status = 'pending' limit 1`)
    return rows.length === 0
  }
  await until('an end of what is pending', isSettled, withinMs)
}
