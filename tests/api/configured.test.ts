import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { held } from '../support/client'
import { hubDatabase, type TestDatabase } from '../support/database'
import { startTestHub, type TestHub } from '../support/hub'
import { mailedToken } from '../support/mail'
import { until } from '../support/until'

/** A hub of its own, configured as the one for all tests is not. */
const ORIGIN = 'https://app.example.org'
const PASSWORD = 'Tr1cky-horse!'

let database: TestDatabase
let hub: TestHub
let token: string

beforeAll(async () => {
  database = await hubDatabase()
  hub = await startTestHub(database.url, {
    CORS_ORIGINS: ORIGIN,
    REQUIRE_EMAIL_CONFIRMATION: 'true',
    TRUST_PROXY: '0',
  })
  const signedIn = await ask('POST', '/auth/login', hub.admin)
  token = ((await signedIn.json()) as { data: { access_token: string } }).data.access_token
  await ask(
    'POST',
    '/tools/count-tokens/invoke',
    { input: { text: 'warm' } },
    { authorization: `Bearer ${token}` },
  )
})

afterAll(async () => {
  await hub.stop()
  await database.drop()
})

const ask = (method: string, path: string, body?: object | string, headers: Record<string, string> = {}) =>
  fetch(`${hub.url}/api/v1${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  }).then((answer) => held(method, answer))

describe('CORS_ORIGINS', () => {
  test('a preflight of a configured origin is told methods and headers', async () => {
    const headers = { origin: ORIGIN, 'access-control-request-method': 'PATCH' }
    const answer = await ask('OPTIONS', '/users/me', undefined, headers)
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(answer.headers.get('access-control-allow-methods')).toMatch(/PATCH/)
    expect(answer.headers.get('access-control-allow-headers')).toMatch(/Idempotency-Key/)
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
  })

  test('its scripts may read the answers and their headers, also of failures; another origin may not', async () => {
    const answer = await ask('GET', '/users/me', undefined, { origin: ORIGIN })
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([401, ORIGIN])
    expect(answer.headers.get('access-control-expose-headers')).toMatch(
      /X-Request-ID.*RateLimit.*Retry-After/,
    )
    expect(answer.headers.get('vary')).toMatch(/Origin/)
    const other = await ask('GET', '/users/me', undefined, { origin: 'https://evil.example' })
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('REQUIRE_EMAIL_CONFIRMATION', () => {
  test('403 EMAIL_NOT_CONFIRMED, only after a right password; 200 once the mailed token was sent', async () => {
    const email = 'confirm@example.org'
    expect((await ask('POST', '/auth/register', { name: 'C', email, password: PASSWORD })).status).toBe(201)
    const login = async (password: string) => {
      const answer = await ask('POST', '/auth/login', { email, password })
      return [answer.status, ((await answer.json()) as { error: { code: string } | null }).error?.code]
    }
    expect(await login('Wr0ng-horse!')).toEqual([401, 'INVALID_CREDENTIALS'])
    expect(await login(PASSWORD)).toEqual([403, 'EMAIL_NOT_CONFIRMED'])
    // The right password mailed a fresh link, and the one of the registration no longer works.
    const mailed = await until('the fresh link', async () => {
      const token = await mailedToken(email, 'confirm-email', join(hub.dataDir, 'mail'))
      return (await ask('POST', `/auth/confirm-email/${token}`)).status === 200 ? token : null
    })
    expect(await login(PASSWORD)).toEqual([200, undefined])
    expect((await ask('POST', `/auth/confirm-email/${mailed}`)).status).toBe(400)
  })
})

describe('limits by address, without a trusted proxy', () => {
  test('429 with Retry-After after 20 failed sign-ins, whatever X-Forwarded-For claims', async () => {
    const statuses: number[] = []
    for (let count = 0; count < 22; count += 1) {
      const body = { email: `nobody-${count}@example.org`, password: PASSWORD }
      const answer = await ask('POST', '/auth/login', body, { 'x-forwarded-for': `198.51.100.${count}` })
      statuses.push(answer.status)
      if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect(statuses.slice(-1)).toEqual([429])
    expect(statuses.filter((status) => status === 401).length).toBeGreaterThanOrEqual(15)
  })
})

describe('the log', () => {
  test('one JSON line a request, with its route, and without password, token, key or query', async () => {
    const secret = 'S3cret-in-the-body!'
    const answer = await ask('POST', '/auth/password-reset/a-token-in-the-path?q=in-the-query', {
      new_password: secret,
    })
    const id = answer.headers.get('x-request-id')
    await ask('GET', '/users/me', undefined, { 'x-api-key': 'jhub_in-a-header' })
    await ask('GET', '/users/me', undefined, { authorization: `Bearer ${token}` })
    // The log is written in pieces, in the order of the requests: the last of them is there when all are.
    const signedIn = /"route":"\/api\/v1\/users\/me","status":200.*"user_id":"[0-9a-f-]{36}"/
    await until('the log of the last request', () => signedIn.test(hub.output()))
    const lines = hub
      .output()
      .split('\n')
      .filter((line) => line.includes(String(id)))
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      level: 'info',
      route: '/api/v1/auth/password-reset/{token}',
      method: 'POST',
      status: 400,
      user_id: null,
    })
    for (const hidden of [secret, PASSWORD, 'a-token-in-the-path', 'in-the-query', 'jhub_']) {
      expect(hub.output()).not.toContain(hidden)
    }
  })
})
