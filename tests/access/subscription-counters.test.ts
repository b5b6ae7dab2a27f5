import { expect, test } from '@jest/globals'
import { adminSession } from '../support/catalogue'
import { call } from '../support/client'
import { newSubscriber } from '../support/people'
import { ask } from './callers'

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
