import type { Sql } from '../../platform/database/sql'
import { readSubscription, type SubscriptionRow } from './subscription-row'

/**
 * Locks a user's subscription and stores its current period. The ended period is kept in subscription_periods, where
 * its calls in flight settle. Call it inside a transaction, which holds the lock until it ends. Null if no
 * subscription exists.
 */
export async function rollSubscription(
  sql: Sql,
  userId: string,
  now: Date | null,
): Promise<SubscriptionRow | null> {
  const locked = await sql.query('select 1 from subscriptions where user_id = $1 for no key update', [userId])
  if (locked.rows.length === 0) return null
  // A separate statement, so that it sees plans and the row as they are after the wait for the lock.
  const current = await readSubscription(sql, userId, now)
  if (current?.rolls) {
    await archivePeriod(sql, current)
    await startPeriod(sql, current)
  }
  return current
}

/** Like `rollSubscription`, for the subscription with this id. */
export async function rollSubscriptionById(sql: Sql, id: string, now: Date | null): Promise<void> {
  const found = await sql.query<{ user_id: string }>('select user_id from subscriptions where id = $1', [id])
  const userId = found.rows[0]?.user_id
  if (userId) await rollSubscription(sql, userId, now)
}

/** Keeps the counters of the period in the stored row. The row must be locked, and not changed yet. */
export async function archivePeriod(sql: Sql, { id }: Pick<SubscriptionRow, 'id'>): Promise<void> {
  await sql.query(ARCHIVE_PERIOD, [id])
}

const ARCHIVE_PERIOD = `
  insert into subscription_periods as e
    (user_id, period_start, period_end, plan_id, token_limit, tokens_used, tokens_held)
  select s.user_id, s.period_start, s.period_end, s.plan_id, p.token_limit
      + hub_extra_tokens(s.extra_tokens, s.extra_until, s.period_end - interval '1 millisecond'), s.tokens_used, s.tokens_held
  from subscriptions s join plans p on p.id = s.plan_id where s.id = $1
  on conflict (user_id, period_start) do update
    set tokens_used = e.tokens_used + excluded.tokens_used, tokens_held = e.tokens_held + excluded.tokens_held`

/** Calls in flight belong to no period, so their count goes on. */
async function startPeriod(sql: Sql, current: SubscriptionRow): Promise<void> {
  await sql.query(
    `update subscriptions set plan_id = $2, pending_plan_id = null, period_start = $3, period_end = $4,
       tokens_used = 0, tokens_held = 0, extra_tokens = null, extra_until = null, updated_at = now() where id = $1`,
    [current.id, current.plan.id, current.periodStart, current.periodEnd],
  )
}
