import { z } from 'zod'
import { Problem } from '../../../platform/kernel/problem'
import type { Operation } from '../../operation/operation'
import type { ApiSubscription } from '../subscription-row'
import { cancelWithin, subscribeWithin } from '../subscriptions'

const choice = z.strictObject({ plan: z.string() })
const nothing = z.strictObject({})

/** The caller chooses a plan. Throws VALIDATION_ERROR and PLAN_NOT_AVAILABLE for `plan`. */
export const subscribe = {
  name: 'subscribe',
  access: 'session',
  input: choice,
  async run(sql, { subjectId: userId, input: { plan }, caller: { by }, now }) {
    return { output: await subscribeWithin(sql, userId, plan, now, { actor: 'user', by }) }
  },
} satisfies Operation<typeof choice, ApiSubscription>

/** The caller cancels at the end of the period. Throws NOT_FOUND if there never was a subscription, or it has expired. */
export const cancelSubscription = {
  name: 'cancelSubscription',
  access: 'session',
  input: nothing,
  async run(sql, { subjectId: userId, caller: { by }, now }) {
    const cancelled = await cancelWithin(sql, userId, now, by)
    if (!cancelled) throw new Problem('NOT_FOUND', 'There is no subscription to cancel.')
    return { output: cancelled }
  },
} satisfies Operation<typeof nothing, ApiSubscription>
