import { describe, expect, test } from '@jest/globals'
import { newPlan } from '../support/catalogue'
import { call } from '../support/client'
import { newKey, newSubscriber, newUser } from '../support/people'

const current = (token: string) => call('GET', '/subscriptions/current', { token })
const subscribe = (token: string, plan: unknown) =>
  call('POST', '/subscriptions/subscribe', { token, body: { plan } })
const cancel = (token: string) => call('POST', '/subscriptions/cancel', { token })

describe('GET /subscriptions/plans', () => {
  test('200: limits, price and features, lowest first; 401 without a credential', async () => {
    const { token } = await newUser()
    const { data } = await call<{ name: string; token_limit: number; features: string[] }[]>(
      'GET',
      '/subscriptions/plans',
      { token },
    )
    const first = data.filter(({ name }) => ['free', 'pro', 'enterprise'].includes(name))
    expect(first.map(({ name, token_limit }) => [name, token_limit])).toEqual([
      ['free', 1_000],
      ['pro', 50_000],
      ['enterprise', 500_000],
    ])
    expect(first[0]?.features.length).toBeGreaterThan(0)
    expect((await call('GET', '/subscriptions/plans')).status).toBe(401)
  })
})

describe('GET /subscriptions/current', () => {
  test('200: null where there is none: registration gives no subscription', async () => {
    const { token } = await newUser()
    const answer = await current(token)
    expect([answer.status, answer.data]).toEqual([200, null])
  })

  test('200: a period of one calendar month; 401 without a credential', async () => {
    const { token } = await newSubscriber('free')
    const { data } = await current(token)
    expect(data).toMatchObject({ plan: 'free', status: 'active', token_limit: 1_000, tokens_used: 0 })
    const days = (Date.parse(String(data.expires_at)) - Date.parse(String(data.period_start))) / 86_400_000
    expect(days).toBeGreaterThanOrEqual(28)
    expect(days).toBeLessThanOrEqual(31)
    expect((await call('GET', '/subscriptions/current')).status).toBe(401)
  })
})

describe('POST /subscriptions/subscribe', () => {
  test('200: an upgrade counts at once, in the same period', async () => {
    const { token } = await newSubscriber('free')
    const before = (await current(token)).data
    const { data } = await subscribe(token, 'pro')
    expect(data).toMatchObject({ plan: 'pro', token_limit: 50_000, pending_plan: null })
    expect(data.expires_at).toBe(before.expires_at)
  })

  test('200: a downgrade is marked; the same plan again takes it back', async () => {
    const { token } = await newSubscriber('pro')
    expect((await subscribe(token, 'free')).data).toMatchObject({ plan: 'pro', pending_plan: 'free' })
    expect((await subscribe(token, 'pro')).data).toMatchObject({ plan: 'pro', pending_plan: null })
  })

  test('403: one that users may not choose; the list of plans says so', async () => {
    const { token } = await newUser()
    const closed = await newPlan(5, { selfService: false })
    const answer = await subscribe(token, closed)
    expect([answer.status, answer.error?.code]).toEqual([403, 'PLAN_NOT_AVAILABLE'])
    expect(answer.error?.details[0]).toMatchObject({
      field: 'plan',
      plans: expect.arrayContaining(['free', 'pro']),
    })
    const plans = await call<{ name: string; can_be_chosen: boolean }[]>('GET', '/subscriptions/plans', {
      token,
    })
    const choice = (wanted: string) => plans.data.find(({ name }) => name === wanted)?.can_be_chosen
    expect([choice(closed), choice('pro')]).toEqual([false, true])
    expect((await current(token)).data).toBeNull()
  })

  test('400: an unknown plan', async () => {
    const { token } = await newUser()
    for (const plan of ['gold', '', 'FREE ', 5, null, 'x'.repeat(1_000)]) {
      const answer = await subscribe(token, plan)
      expect([plan, answer.status, answer.error?.details[0]?.field]).toEqual([plan, 400, 'plan'])
    }
    expect((await current(token)).data).toBeNull()
  })

  test('401 without a credential; two first subscriptions at once end in one', async () => {
    expect((await call('POST', '/subscriptions/subscribe', { body: { plan: 'free' } })).status).toBe(401)
    const { token } = await newUser()
    const answers = await Promise.all(Array.from({ length: 4 }, () => subscribe(token, 'free')))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(new Set(answers.map(({ data }) => data.id)).size).toBe(1)
  })

  test('403 with an API key: a program buys nothing', async () => {
    const person = await newUser()
    const { key } = await newKey(person)
    const answer = await call('POST', '/subscriptions/subscribe', { key, body: { plan: 'enterprise' } })
    expect([answer.status, answer.error?.code]).toEqual([403, 'FORBIDDEN'])
    expect((await call('GET', '/subscriptions/current', { key })).data).toBeNull()
  })
})

describe('POST /subscriptions/cancel', () => {
  test('200: usable until the period ends; choosing the plan again takes it back', async () => {
    const { token } = await newSubscriber('free')
    expect((await cancel(token)).data).toMatchObject({ status: 'cancelled', cancel_at_period_end: true })
    const input = { input: { text: 'still here' } }
    expect((await call('POST', '/tools/count-tokens/invoke', { token, body: input })).status).toBe(200)
    expect((await subscribe(token, 'free')).data).toMatchObject({
      status: 'active',
      cancel_at_period_end: false,
    })
  })

  test('404 where there is none; 401 without a credential', async () => {
    const { token } = await newUser()
    expect((await cancel(token)).status).toBe(404)
    expect((await call('POST', '/subscriptions/cancel')).status).toBe(401)
  })

  test('403 with an API key', async () => {
    const person = await newSubscriber('free')
    const { key } = await newKey(person)
    const answer = await call('POST', '/subscriptions/cancel', { key })
    expect([answer.status, answer.error?.code]).toEqual([403, 'FORBIDDEN'])
    expect((await call('GET', '/subscriptions/current', { key })).data).toMatchObject({ status: 'active' })
  })

  test('cancelling and choosing anew gives no used tokens back', async () => {
    const { token } = await newSubscriber('free')
    await call('POST', '/tools/count-tokens/invoke', { token, body: { input: { text: 'some text' } } })
    const used = (await current(token)).data.tokens_used
    expect(used).toBeGreaterThan(0)
    await cancel(token)
    await subscribe(token, 'pro')
    await subscribe(token, 'free')
    expect((await current(token)).data.tokens_used).toBe(used)
  })
})
