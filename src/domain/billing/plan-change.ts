/**
 * What a plan change is decided from. `rank` orders the plans: a higher one is an upgrade. `isClosed`: it has a price
 * that nobody can pay.
 */
export type PlanChoice = { id: string; rank: number; selfService: boolean; isClosed?: boolean }

/** The subscription in its period of this moment. `isPending`: the next period is on another plan. */
export type CurrentPlan = {
  status: 'active' | 'cancelled' | 'expired'
  planId: string
  rank: number
  isPending?: boolean
} | null

/**
 * - `start`: a new subscription, or a new start after one expired: its period begins now.
 * - `keep`: the same plan: takes back a pending downgrade or a cancellation, resets nothing.
 * - `upgrade`: at once, in the same period; what was used stays used.
 * - `downgrade-at-period-end`: marked, takes effect when the period ends.
 * - `not-offered`: users may not choose this plan.
 */
export type PlanChange = 'start' | 'keep' | 'upgrade' | 'downgrade-at-period-end' | 'not-offered'

/**
 * Decides what choosing a plan means. Nothing in it gives back used tokens: only a period that has ended
 * leaves them behind. A user may keep a plan that an admin gave them, though they could not choose it anew; one that
 * is closed ends where it was to end, for a further period would be a gift.
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
