/**
 * The facts for a decision about a plan change. `rank` orders the plans: a higher one is an upgrade. `isClosed`: it
 * has a price that nobody can pay.
 */
export type PlanChoice = { id: string; rank: number; selfService: boolean; isClosed?: boolean }

/** The subscription in its current period. `isPending`: the next period is on another plan. */
export type CurrentPlan = {
  status: 'active' | 'cancelled' | 'expired'
  planId: string
  rank: number
  isPending?: boolean
} | null

/**
 * - `start`: a new subscription, or a new start after one expired: its period begins now.
 * - `keep`: the same plan: takes back a pending downgrade or a cancellation, resets nothing.
 * - `upgrade`: at once, in the same period; used tokens stay used.
 * - `downgrade-at-period-end`: pending until the period ends.
 * - `not-offered`: users may not choose this plan.
 */
export type PlanChange = 'start' | 'keep' | 'upgrade' | 'downgrade-at-period-end' | 'not-offered'

/**
 * Decides the effect of choosing a plan. No choice gives back used tokens: they count until the period ends. A user
 * may keep a plan that an admin gave them, even if they could not choose it now. A pending end of a closed plan
 * cannot be taken back, because a further period would be free.
 */
export function decidePlanChange(
  current: CurrentPlan,
  wanted: PlanChoice,
  actor: 'user' | 'admin',
): PlanChange {
  const running = current !== null && current.status !== 'expired' ? current : null
  const isClosed = actor === 'user' && wanted.isClosed === true
  const goesOn = running?.status === 'active' && !running.isPending
  if (running?.planId === wanted.id && (goesOn || !isClosed)) return 'keep'
  if (isClosed || (actor === 'user' && !wanted.selfService)) return 'not-offered'
  if (running === null) return 'start'
  return wanted.rank > running.rank ? 'upgrade' : 'downgrade-at-period-end'
}
