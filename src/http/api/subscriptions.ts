import { z } from '@hono/zod-openapi'
import { cancelSubscription, subscribe } from '../../domain/billing/operations/subscribe'
import { listPlans } from '../../domain/billing/plans'
import { currentSubscription } from '../../domain/billing/subscriptions'
import { carryOut } from '../../domain/operation/operation'
import { orNull } from '../kit/common-schemas'
import { ok } from '../kit/envelope'
import { callerOf, depsOf } from '../kit/operations'
import type { Registry } from '../kit/registry'
import { Plan, Subscribe, Subscription } from './schemas/subscriptions'

const tag = 'Subscriptions'
const answered = (description: string) => ({ status: 200 as const, description, schema: Subscription })

/** Adds the plans on offer and the caller's own subscription. */
export function addSubscriptions(registry: Registry): void {
  addReads(registry)
  addChanges(registry)
}

function addReads(registry: Registry): void {
  registry.add(
    {
      method: 'get',
      path: '/subscriptions/plans',
      operationId: 'listPlans',
      tag,
      summary: 'The plans on offer',
      access: 'signed-in',
      answer: { status: 200, description: 'All plans, lowest first.', schema: z.array(Plan) },
    },
    async ({ services }) => ok(await listPlans(services.pool)),
  )
  registry.add(
    {
      method: 'get',
      path: '/subscriptions/current',
      operationId: 'getSubscription',
      tag,
      summary: 'Your subscription',
      access: 'signed-in',
      answer: { status: 200, description: 'The subscription, or null.', schema: orNull(Subscription) },
    },
    async ({ services, principal }) => ok(await currentSubscription(services.pool, principal.userId, null)),
  )
}

function addChanges(registry: Registry): void {
  registry.add(
    {
      method: 'post',
      path: '/subscriptions/subscribe',
      operationId: subscribe.name,
      tag,
      summary: 'Choose a plan',
      description:
        'A higher plan takes effect at once, a lower one in the next period. Choosing the current plan reverts a pending change or cancellation. API keys cannot do this.',
      access: subscribe.access,
      body: Subscribe,
      answer: answered('The subscription as it is now.'),
      problems: ['PLAN_NOT_AVAILABLE'],
    },
    async ({ services, context, principal, body: input }) => {
      const request = { subjectId: principal.userId, input, caller: callerOf(services, context, principal) }
      return ok((await carryOut(subscribe, depsOf(services), request)).output)
    },
  )
  registry.add(
    {
      method: 'post',
      path: '/subscriptions/cancel',
      operationId: cancelSubscription.name,
      tag,
      summary: 'Cancel at the end of the period',
      description: 'API keys cannot do this.',
      access: cancelSubscription.access,
      answer: answered('Usable until `expires_at`.'),
      problems: ['NOT_FOUND'],
    },
    async ({ services, context, principal }) => {
      const request = {
        subjectId: principal.userId,
        input: {},
        caller: callerOf(services, context, principal),
      }
      return ok((await carryOut(cancelSubscription, depsOf(services), request)).output)
    },
  )
}
