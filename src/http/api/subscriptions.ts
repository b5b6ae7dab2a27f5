import { z } from '@hono/zod-openapi'
import { byPrincipal } from '../../domain/audit/record'
import { listPlans } from '../../domain/billing/plans'
import { cancelSubscription, currentSubscription, subscribe } from '../../domain/billing/subscriptions'
import { Problem } from '../../platform/kernel/problem'
import { orNull } from '../kit/common-schemas'
import { ok } from '../kit/envelope'
import { originOf } from '../kit/origin'
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
      operationId: 'subscribe',
      tag,
      summary: 'Choose a plan',
      description:
        'A higher plan counts at once, a lower one from the next period. The same plan again takes back a pending change or cancellation. Not by API key.',
      access: 'session',
      body: Subscribe,
      answer: answered('The subscription as it is now.'),
      problems: ['PLAN_NOT_AVAILABLE'],
    },
    async ({ services, context, principal, body }) => {
      const by = byPrincipal(principal, originOf(services, context))
      return ok(await subscribe(services.pool, principal.userId, body.plan, null, { actor: 'user', by }))
    },
  )
  registry.add(
    {
      method: 'post',
      path: '/subscriptions/cancel',
      operationId: 'cancelSubscription',
      tag,
      summary: 'Cancel at the end of the period',
      description: 'Not by API key.',
      access: 'session',
      answer: answered('Usable until `expires_at`.'),
      problems: ['NOT_FOUND'],
    },
    async ({ services, context, principal }) => {
      const by = byPrincipal(principal, originOf(services, context))
      const subscription = await cancelSubscription(services.pool, principal.userId, null, by)
      if (!subscription) throw nothingToCancel()
      return ok(subscription)
    },
  )
}

/** 404: there never was a subscription, or it has expired. */
export function nothingToCancel(): Problem {
  return new Problem('NOT_FOUND', 'There is no subscription to cancel.')
}
