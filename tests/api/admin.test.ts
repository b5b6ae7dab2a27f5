import { beforeAll, describe, expect, test } from '@jest/globals'
import { adminSession } from '../support/catalogue'
import { call } from '../support/client'
import { newKey, newSubscriber, newUser, unique } from '../support/people'
import { adminLogin } from '../support/run'

const ENDPOINT = 'https://tools.example.org/run'
const ABSENT = '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01'
const tool = (more = {}) => ({
  name: unique('Tool'),
  description: 'Does things.',
  api_endpoint: ENDPOINT,
  ...more,
})

let admin: string

beforeAll(async () => {
  admin = (await adminSession()).token
})

describe('who may', () => {
  const calls: [string, string, object | undefined][] = [
    ['GET', '/admin/users', undefined],
    ['POST', '/admin/tools', tool()],
    ['PATCH', `/admin/tools/${ABSENT}`, { name: 'x' }],
    ['DELETE', `/admin/tools/${ABSENT}`, undefined],
    ['GET', '/admin/usage/stats', undefined],
  ]

  test.each(calls)(
    '%s %s: 401 for nobody, 403 for a user, and for an API key of an admin',
    async (method, path, body) => {
      const { token } = await newUser()
      const { key } = await newKey({ token: admin })
      const sent = body ? { body } : {}
      expect((await call(method, path, sent)).status).toBe(401)
      expect((await call(method, path, { ...sent, token })).error?.code).toBe('FORBIDDEN')
      expect((await call(method, path, { ...sent, key })).error?.code).toBe('FORBIDDEN')
    },
  )

  test('a user who sends rubbish gets 403, not 400', async () => {
    const { token } = await newUser()
    expect((await call('POST', '/admin/tools', { token, raw: '{' })).status).toBe(403)
    expect((await call('GET', '/admin/users?limit=x', { token })).status).toBe(403)
  })
})

describe('GET /admin/users', () => {
  test('200: with role and subscription, newest first', async () => {
    const [without, subscriber] = await Promise.all([newUser(), newSubscriber('pro')])
    const { data } = await call<{ id: string; subscription: unknown }[]>('GET', '/admin/users?limit=100', {
      token: admin,
    })
    const of = (id: string) => data.find((user) => user.id === id)
    expect(of(without.id)).toMatchObject({ email: without.email, role: 'user', subscription: null })
    expect(of(subscriber.id)?.subscription).toEqual({ plan: 'pro', status: 'active' })
  })

  test('200: by role; 400 for another role and for bad paging', async () => {
    const { data } = await call<{ email: string; role: string }[]>(
      'GET',
      '/admin/users?role=admin&limit=100',
      {
        token: admin,
      },
    )
    expect(new Set(data.map(({ role }) => role))).toEqual(new Set(['admin']))
    expect(data.map(({ email }) => email)).toContain(adminLogin().email)
    for (const query of ['role=root', 'limit=0', 'offset=-1', 'sort=email']) {
      expect((await call('GET', `/admin/users?${query}`, { token: admin })).status).toBe(400)
    }
  })
})

describe('GET /admin/usage/stats', () => {
  test('200: users, calls and tokens of the platform, by plan and by tool', async () => {
    const { token } = await newSubscriber('pro')
    await call('POST', '/tools/count-tokens/invoke', { token, body: { input: { text: 'one two three' } } })
    const { data } = await call<{
      total_users: number
      total_invocations: number
      by_plan: { plan: string }[]
    }>('GET', '/admin/usage/stats', { token: admin })
    expect(data.total_users).toBeGreaterThan(1)
    expect(data.total_invocations).toBeGreaterThan(0)
    expect(data.by_plan.map(({ plan }) => plan)).toEqual(
      expect.arrayContaining(['free', 'pro', 'enterprise']),
    )
    const past = await call('GET', '/admin/usage/stats?end_date=2020-01-01', { token: admin })
    expect(past.data).toMatchObject({ total_invocations: 0, total_tokens: 0, by_tool: [] })
    expect((await call('GET', '/admin/usage/stats?start_date=x', { token: admin })).status).toBe(400)
  })
})
