import type { Pool } from 'pg'
import { SYSTEM } from '../../src/domain/audit/record'
import { cancelWithin, subscribeWithin } from '../../src/domain/billing/subscriptions'
import { inTransaction } from '../../src/platform/database/sql'

/** Chooses a plan as its user does, or gives it as an admin does, at a moment. */
export const subscribe = (
  pool: Pool,
  userId: string,
  plan: string,
  now: Date | null,
  { actor }: { actor: 'user' | 'admin' } = { actor: 'user' },
) => inTransaction(pool, (sql) => subscribeWithin(sql, userId, plan, now, { actor, by: SYSTEM }))

/** Cancels at the end of the period; null if there is nothing to cancel. */
export const cancelSubscription = (pool: Pool, userId: string, now: Date | null) =>
  inTransaction(pool, (sql) => cancelWithin(sql, userId, now, SYSTEM))
