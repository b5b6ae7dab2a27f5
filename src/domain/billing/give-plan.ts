import type { Sql } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import type { AuditBy } from '../audit/record'
import { recordSubscription } from './record-subscription'
import type { SubscriptionRow } from './subscription-row'
import { findPlan, insertSubscription, restart } from './subscriptions'

/** The effect of giving a plan to a user: a new start, an immediate change, or a change when the period ends. */
export type GivenPlan = { planId: string; planName: string; tokenLimit: number } & (
  | { kind: 'start' | 'now' }
  | { kind: 'later'; from: Date }
)

/**
 * Decides what happens when an admin gives this plan. Without a running subscription it starts now, in any case.
 * Throws VALIDATION_ERROR for an unknown plan, CONFLICT if it would change nothing.
 */
export async function planGiven(
  sql: Sql,
  current: SubscriptionRow | null,
  planName: string,
  when: 'now' | 'period-end',
): Promise<GivenPlan> {
  const { id: planId } = await findPlan(sql, planName)
  const { rows } = await sql.query<{ tokenLimit: number }>(
    'select token_limit::float8 as "tokenLimit" from plans where id = $1',
    [planId],
  )
  const plan = { planId, planName, tokenLimit: rows[0]?.tokenLimit ?? 0 }
  if (current === null || current.status === 'expired') return { ...plan, kind: 'start' }
  const isPending = current.pendingPlan !== null || current.status === 'cancelled'
  const next = current.pendingPlan ?? current.plan
  if (when === 'now' && current.plan.id === planId && !isPending)
    throw new Problem('CONFLICT', 'They already have this plan.')
  if (when === 'period-end' && next.id === planId && current.status === 'active')
    throw new Problem('CONFLICT', 'Their next period already has this plan.')
  return when === 'now' ? { ...plan, kind: 'now' } : { ...plan, kind: 'later', from: current.periodEnd }
}

/**
 * Carries out the decision of `planGiven`, on the subscription that the caller has locked and moved into its current
 * period.
 */
export async function givePlan(
  sql: Sql,
  userId: string,
  current: SubscriptionRow | null,
  given: GivenPlan,
  { now, by }: { now: Date | null; by: AuditBy },
): Promise<void> {
  const wanted = { id: given.planId, name: given.planName, rank: 0, selfService: false }
  if (current === null) return insertSubscription(sql, userId, wanted, now, { actor: 'admin', by })
  if (given.kind === 'start') return restart(sql, current, wanted, now, by)
  const isLater = given.kind === 'later'
  const plan = isLater ? current.plan : wanted
  const pendingPlan = isLater ? wanted : null
  await sql.query(
    `update subscriptions set status = 'active', plan_id = $2, pending_plan_id = $3, updated_at = now() where id = $1`,
    [current.id, plan.id, pendingPlan?.id ?? null],
  )
  await recordSubscription(sql, by, current, { status: 'active', plan, pendingPlan }, now)
}
