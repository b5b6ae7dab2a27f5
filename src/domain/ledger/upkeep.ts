import type { Pool } from 'pg'
import { inTransaction, type Sql } from '../../platform/database/sql'
import { recordAudit, SYSTEM } from '../audit/record'
import { SUBSCRIPTION_AT_SQL } from '../billing/subscription-at-sql'
import { deleteExpiredKeys } from './idempotency'

/** How many months of usage_logs exist after the current one. */
const MONTHS_AHEAD = 3

/** Stores and records a state that follows by arithmetic: a cancelled subscription whose period has ended is expired. */
export async function storeExpired(pool: Pool, now: Date | null = null): Promise<number> {
  return inTransaction(pool, async (sql) => {
    const stored = await sql.query<{ id: string }>(STORE_EXPIRED, [now])
    const changes = { status: { from: 'cancelled', to: 'expired' } }
    const events = stored.rows.map(({ id }) => {
      return { action: 'update', subject: 'subscriptions', subjectId: id, title: id, changes } as const
    })
    await recordAudit(sql, SYSTEM, events, now)
    return events.length
  })
}

const STORE_EXPIRED = `
  update subscriptions set status = 'expired', updated_at = now() where id = any (array(
    select s.id from subscriptions s, ${SUBSCRIPTION_AT_SQL('s', 'coalesce($1::timestamptz, now())')}
    where s.status = 'cancelled' and current.expired
    order by s.user_id limit 1000 for no key update of s skip locked))
  returning id`

/** Creates this month's and the next months' partitions of usage_logs; returns how many were missing. */
export async function makePartitions(sql: Sql, now: Date | null = null): Promise<number> {
  const { rows } = await sql.query<{ made: number }>(
    'select hub_make_usage_partitions(coalesce($1::timestamptz, now()), $2) as made',
    [now, MONTHS_AHEAD],
  )
  return rows[0]?.made ?? 0
}

/** The work of an hourly timer. It changes no results; it only keeps tables small and creates partitions in advance. */
export async function keepUp(pool: Pool, now: Date | null = null): Promise<void> {
  await storeExpired(pool, now)
  await deleteExpiredKeys(pool, now)
  await makePartitions(pool, now)
}
