import { z } from 'zod'
import { inFull, inUtc } from '../../../platform/kernel/in-words'
import type { Effect, Operation } from '../../operation/operation'
import { type GivenPlan, givePlan, planGiven } from '../give-plan'
import { limitOf, type SubscriptionRow } from '../subscription-row'
import { lockSubscription } from './on-subscription'

const input = z.strictObject({ plan: z.string().min(1), when: z.enum(['now', 'period-end']) })

/** Gives a user a plan, now or when the period ends. Throws VALIDATION_ERROR for an unknown plan, CONFLICT if nothing changes. */
export const givePlanToUser = {
  name: 'givePlan',
  access: 'admin',
  input,
  async run(sql, { subjectId: userId, input: { plan, when }, caller: { by }, now }) {
    const subscription = await lockSubscription(sql, userId, now)
    const given = await planGiven(sql, subscription, plan, when)
    await givePlan(sql, userId, subscription, given, { now, by })
    return { output: undefined, effects: effectsOf(given, subscription) }
  },
} satisfies Operation<typeof input, void>

function effectsOf(given: GivenPlan, subscription: SubscriptionRow | null): Effect[] {
  const before = subscription ? subscription.plan.name : 'none'
  const after = given.planName
  const effects: Effect[] =
    given.kind === 'later'
      ? [
          {
            what: `Plan from ${inUtc(given.from)} on`,
            before: subscription?.pendingPlan?.name ?? before,
            after,
          },
        ]
      : [{ what: 'Plan, from the next call on', before, after }]
  if (given.kind === 'start')
    effects.push({ what: 'Billing period', before: 'none is running', after: 'a new one starts now' })
  if (given.kind === 'now' && subscription) {
    const limit = given.tokenLimit + subscription.extraTokens
    effects.push({ what: 'Tokens a period', before: inFull(limitOf(subscription)), after: inFull(limit) })
    effects.push({ what: 'Used so far', before: inFull(subscription.tokensUsed), after: 'stays used' })
  }
  if (subscription?.status === 'cancelled' && given.kind !== 'start')
    effects.push({ what: 'Cancellation', before: 'at the end of the period', after: 'taken back' })
  return effects
}
