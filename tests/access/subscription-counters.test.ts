// The kind: a list, a document and an operation that tell different counters of the same subscription.
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Pool } from 'pg'
import { adminSession } from '../support/catalogue'
import { call } from '../support/client'
import { newSubscriber } from '../support/people'
import { ask, hubDatabase } from './callers'

/** What a write answers is what is stored after it: the new plan's limit, not the old one's. */
test('a change of plan answers the new plan’s counters', async () => {
  const { token } = await adminSession()
  const person = await newSubscriber('pro')
  const { id } = (await call<{ id: string }>('GET', '/subscriptions/current', { token: person.token })).data
  const plans = await ask('GET', '/api/plans?where[name][equals]=free', { token })
  const plan = (plans.body as { docs: { id: string }[] }).docs[0]?.id
  const one = await ask('PATCH', `/api/subscriptions/${id}`, { token, body: { plan } })
  expect(one.body).toMatchObject({ doc: { tokenLimit: 1_000, tokensRemaining: 1_000 } })
})

let db: Pool
beforeAll(() => {
  db = hubDatabase()
})
afterAll(() => db.end())

/** Everybody reads the same of a subscription whose period ended without a call: nothing used, the plan that was to come. */
test('a period that has ended is told as the new one, by REST, GraphQL and the versioned API', async () => {
  const person = await newSubscriber('pro')
  const { token } = person
  const { rows } = await db.query<{ id: string }>(
    `update subscriptions set started_at = now() - interval '70 days', period_start = now() - interval '70 days',
       period_end = now() - interval '40 days', tokens_used = 700, tokens_held = 0,
       pending_plan_id = (select id from plans where name = 'free')
     where user_id = $1 returning id`,
    [person.id],
  )
  const id = rows[0]?.id
  const current = (await call<Record<string, unknown>>('GET', '/subscriptions/current', { token })).data
  expect(current).toMatchObject({ plan: 'free', tokens_used: 0, token_limit: 1_000, pending_plan: null })
  const told = {
    tokensUsed: 0,
    tokensRemaining: 1_000,
    tokenLimit: 1_000,
    pendingPlan: null,
    periodStart: current.period_start,
    periodEnd: current.expires_at,
    plan: { name: 'free' },
  }
  expect((await ask('GET', `/api/subscriptions/${id}?depth=1`, { token })).body).toMatchObject(told)
  const list = (await ask('GET', '/api/subscriptions?depth=1', { token })).body as { docs: object[] }
  expect(list.docs[0]).toMatchObject(told)
  const query = `{ Subscription(id: "${id}") { tokensUsed tokensRemaining tokenLimit periodStart periodEnd pendingPlan { name } plan { name } } }`
  const answer = await ask('POST', '/api/graphql', { token, body: { query } })
  expect((answer.body as { data: { Subscription: object } }).data.Subscription).toMatchObject(told)
})
