import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { hubDatabase, type TestDatabase } from '../support/database'
import { startTestHub, type TestHub } from '../support/hub'
import { until } from '../support/until'

let database: TestDatabase
let hub: TestHub
const PASSWORD = 'Doors-and-keys-1'

beforeAll(async () => {
  database = await hubDatabase(4)
  hub = await startTestHub(database.url)
})
afterAll(async () => {
  await hub.stop()
  await database.drop()
})

const send = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
  fetch(`${hub.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { 'content-type': 'application/json', ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })

async function signIn(email: string, password: string): Promise<string> {
  const answer = await send('POST', '/api/v1/auth/login', { email, password })
  return ((await answer.json()) as { data: { access_token: string } }).data.access_token
}

/** The lines of the request log so far; it is written in pieces, so it is read again until it has one. */
async function logLine(requestId: string): Promise<Record<string, unknown>> {
  const line = await until(`the log line of ${requestId}`, () =>
    hub
      .output()
      .split('\n')
      .find((one) => one.includes(requestId) && one.includes('duration_ms') && one.endsWith('}')),
  )
  return JSON.parse(line as string)
}

describe('the generated API', () => {
  it('keeps the caller’s request id, and its log line says who called', async () => {
    const token = await signIn(hub.admin.email, hub.admin.password)
    const requestId = '0192f0c1-1111-7111-8111-0192f0c11111'
    const answer = await send('GET', '/api/plans', undefined, {
      authorization: `Bearer ${token}`,
      'x-request-id': requestId,
    })
    expect(answer.headers.get('x-request-id')).toBe(requestId)
    const admin = (await database.pool.query(`select id from users where role = 'admin'`)).rows[0]
    expect(await logLine(requestId)).toMatchObject({
      level: 'info',
      route: '/api/plans',
      status: 200,
      user_id: admin.id,
    })
  })

  it('writes no password, token, key or input to the log', async () => {
    const email = 'logged@example.com'
    await send('POST', '/api/v1/auth/register', { name: 'Logged', email, password: PASSWORD })
    const token = await signIn(email, PASSWORD)
    await send('POST', '/api/users/login', { email, password: PASSWORD })
    await send('POST', '/api/users/login', { email, password: 'Wrong-horse-1' })
    await send(
      'POST',
      '/api/v1/subscriptions/subscribe',
      { plan: 'free' },
      { authorization: `Bearer ${token}` },
    )
    const made = await send(
      'POST',
      '/api/v1/users/me/api-keys',
      { name: 'k' },
      { authorization: `Bearer ${token}` },
    )
    const { key } = ((await made.json()) as { data: { key: string } }).data
    const last = await send(
      'POST',
      '/api/v1/tools/count-tokens/invoke',
      { input: { text: 'xyzzy-plugh' } },
      { 'x-api-key': key },
    )
    expect(last.status).toBe(200)
    await logLine(last.headers.get('x-request-id') as string)
    for (const secret of [PASSWORD, 'Wrong-horse-1', token, key, 'xyzzy-plugh'])
      expect(hub.output()).not.toContain(secret)
  })

  it('takes no address from a caller', async () => {
    await send(
      'POST',
      '/api/users/login',
      { email: hub.admin.email, password: hub.admin.password },
      {
        'x-hub-client-address': '9.9.9.9',
      },
    )
    const found = await database.pool.query(`select 1 from sessions where address = '9.9.9.9'`)
    expect(found.rows).toEqual([])
  })

  it('sends the headers that keep a browser safe', async () => {
    const answer = await send('GET', '/api/access')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('x-frame-options')).toBe('DENY')
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  })
})

describe('a revoked key', () => {
  it('stays revoked, whoever asks', async () => {
    const token = await signIn(hub.admin.email, hub.admin.password)
    const authorization = `Bearer ${token}`
    const made = await send('POST', '/api/api-keys', { name: 'once' }, { authorization })
    const { doc } = (await made.json()) as { doc: { id: string; key: string } }
    const set = (active: boolean) => send('PATCH', `/api/api-keys/${doc.id}`, { active }, { authorization })
    expect((await set(false)).status).toBe(200)
    expect((await set(true)).status).toBe(400)
    expect((await send('GET', '/api/v1/users/me', undefined, { 'x-api-key': doc.key })).status).toBe(401)
  })
})

describe('another email address', () => {
  it('makes the links that were mailed to the old one void', async () => {
    const email = 'moves@example.com'
    await send('POST', '/api/v1/auth/register', { name: 'Moves', email, password: PASSWORD })
    const { id } = (await database.pool.query('select id from users where email = $1', [email])).rows[0]
    await send('POST', '/api/v1/auth/password-reset', { email })
    const links = `select count(*)::int as n from email_tokens where user_id = $1`
    expect((await database.pool.query(links, [id])).rows[0].n).toBe(1)
    const token = await signIn(hub.admin.email, hub.admin.password)
    const changed = await send(
      'PATCH',
      `/api/users/${id}`,
      { email: 'moved@example.com' },
      { authorization: `Bearer ${token}` },
    )
    expect(changed.status).toBe(200)
    expect((await database.pool.query(links, [id])).rows[0].n).toBe(0)
  })
})

describe('the pages of mailed links', () => {
  it.each(['/account/reset-password', '/account/confirm-email'])(
    '%s is a page without inline script',
    async (path) => {
      const answer = await send('GET', path)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(await answer.text()).not.toMatch(/<script(?![^>]*src=)|style="/)
    },
  )

  it('are read, not written', async () => {
    expect((await send('POST', '/account/reset-password', {})).status).toBe(405)
  })
})
