// Guards against a fresh production hub that gives away what has a price, and against accounts for mailboxes of others.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { smtpServer } from '../accounts/smtp-server'
import { startTestHub, type TestHub } from '../support/hub'
import { type OwnHub, ownHub } from '../support/own-hub'
import { PASSWORD, unique } from '../support/people'
import { until } from '../support/until'

let own: OwnHub
let smtp: Awaited<ReturnType<typeof smtpServer>>
let env: Record<string, string>

beforeAll(async () => {
  smtp = await smtpServer()
  // Accounts are first made as before: in production without confirmation.
  env = { APP_ENV: 'production', SMTP_HOST: '127.0.0.1', SMTP_PORT: String(smtp.port) }
  own = await ownHub({ ...env, REQUIRE_EMAIL_CONFIRMATION: 'false' })
})
afterAll(async () => {
  await own?.close()
  smtp?.close()
})

const subscribe = (token: string, plan: string) =>
  own.ask('POST', '/api/v1/subscriptions/subscribe', { token, body: { plan } })
const subscribeByGraphql = (token: string, plan: string) =>
  own.ask('POST', '/api/graphql', {
    token,
    body: { query: `mutation { subscribe(plan: "${plan}") { plan } }` },
  })
const subscriptionOf = async (token: string) =>
  (await own.ask('GET', '/api/v1/subscriptions/current', { token })).body.data as {
    plan: string
    status: string
  }

describe('a plan with a price', () => {
  test('cannot be chosen, through no interface, also as an upgrade; the free one can', async () => {
    const { token } = await own.person()
    for (const plan of ['enterprise', 'pro', 'free', 'pro']) {
      const { status, body } = await subscribe(token, plan)
      const error = body.error as { code: string; details: object[] } | null
      if (plan === 'free') expect(status).toBe(200)
      else
        expect([status, error?.code, error?.details[0]]).toEqual([
          403,
          'PLAN_NOT_AVAILABLE',
          expect.objectContaining({ field: 'plan', plans: ['free'] }),
        ])
    }
    const graph = await subscribeByGraphql(token, 'enterprise')
    expect(graph.body.errors).toMatchObject([{ extensions: { name: 'PLAN_NOT_AVAILABLE', statusCode: 403 } }])
    const { body } = await own.ask('GET', '/api/plans?limit=1', { token })
    const enterprise = await own.database.pool.query(`select id from plans where name = 'enterprise'`)
    const data = { plan: enterprise.rows[0].id }
    const mine = await own.ask('GET', '/api/subscriptions', { token })
    const [{ id }] = mine.body.docs as [{ id: string }]
    expect((await own.ask('PATCH', `/api/subscriptions/${id}`, { token, body: data })).status).toBe(403)
    expect(body.docs).toHaveLength(1)
    expect(await subscriptionOf(token)).toMatchObject({ plan: 'free' })
  })

  test('is said to be closed by every list of plans, and by the log', async () => {
    const { token } = await own.person()
    const listed = await own.ask('GET', '/api/v1/subscriptions/plans', { token })
    const plans = listed.body.data as { name: string; can_be_chosen: boolean; self_service: boolean }[]
    expect(plans.map(({ name, can_be_chosen, self_service }) => [name, can_be_chosen, self_service])).toEqual(
      [
        ['free', true, true],
        ['pro', false, false],
        ['enterprise', false, false],
      ],
    )
    const query = '{ Plans(sort: "rank") { docs { name canBeChosen } } }'
    const graph = await own.ask('POST', '/api/graphql', { token, body: { query } })
    expect(graph.body.data).toMatchObject({
      Plans: { docs: [{ canBeChosen: true }, { canBeChosen: false }, { canBeChosen: false }] },
    })
    const lines = own.hub
      .output()
      .split('\n')
      .filter((line) => line.includes('plans that have a price'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/"plans":\["Pro","Enterprise"\].*PAYMENTS=off/)
  })

  test('that an admin gave stays, and is not prolonged once it was cancelled', async () => {
    const { id, token } = await own.person()
    const { rows } = await own.database.pool.query(`select id from plans where name = 'pro'`)
    const body = { user: id, plan: rows[0].id, status: 'active' }
    expect((await own.ask('POST', '/api/subscriptions', { token: own.admin, body })).status).toBe(201)
    expect((await subscribe(token, 'pro')).status).toBe(200)
    expect((await subscribe(token, 'free')).body.data).toMatchObject({ plan: 'pro', pending_plan: 'free' })
    expect((await subscribe(token, 'pro')).status).toBe(403)
    await own.ask('POST', '/api/v1/subscriptions/cancel', { token })
    expect((await subscribe(token, 'pro')).status).toBe(403)
    expect(await subscriptionOf(token)).toMatchObject({ plan: 'pro', status: 'cancelled' })
  })
})

describe('the same database under its defaults, and PAYMENTS=off', () => {
  let next: TestHub
  const ask = (path: string, body: object, token?: string) =>
    fetch(`${next.url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(body),
    }).then(async (answer) => ({ status: answer.status, body: await answer.json() }))

  beforeAll(async () => {
    next = await startTestHub(own.database.url, { ...env, PAYMENTS: 'off' })
  })
  afterAll(() => next?.stop())

  test('a new account confirms its address first, and is mailed a fresh link; one of before signs in and takes any plan', async () => {
    const before = await own.person()
    const email = `${unique('new')}@example.org`
    expect((await ask('/auth/register', { name: 'New', email, password: PASSWORD })).status).toBe(201)
    const refused = await ask('/auth/login', { email, password: PASSWORD })
    expect([refused.status, refused.body.error.code]).toEqual([403, 'EMAIL_NOT_CONFIRMED'])
    await until('two mails with a link have left', async () =>
      smtp.received().split(`To: ${email}`).length > 2 ? true : undefined,
    )
    const { status, body } = await ask('/auth/login', { email: before.email, password: PASSWORD })
    expect(status).toBe(200)
    const chosen = await ask('/subscriptions/subscribe', { plan: 'enterprise' }, body.data.access_token)
    expect([chosen.status, chosen.body.data.plan]).toEqual([200, 'enterprise'])
  })
})
