import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import pg from 'pg'
import { held } from '../support/client'
import { hubDatabase, type TestDatabase } from '../support/database'
import { fairClock } from '../support/fair-time'
import { startTestHub, type TestHub } from '../support/hub'
import { until } from '../support/until'

const PASSWORD = 'Tr1cky-horse!'

let database: TestDatabase
let hub: TestHub
let token: string

beforeAll(async () => {
  database = await hubDatabase()
  hub = await startTestHub(database.url)
  const signedIn = await ask('POST', '/auth/login', hub.admin)
  token = ((await signedIn.json()) as { data: { access_token: string } }).data.access_token
  const warm = { input: { text: 'warm' } }
  await ask('POST', '/tools/count-tokens/invoke', warm, { authorization: `Bearer ${token}` })
})

afterAll(async () => {
  await hub.stop()
  await database.drop()
})

const ask = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
  fetch(`${hub.url}/api/v1${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).then((answer) => held(method, answer))

describe('a database that goes away', () => {
  const CALLS: [string, string, object | undefined][] = [
    ['POST', '/auth/login', { email: 'a@example.org', password: PASSWORD }],
    ['POST', '/auth/register', { name: 'D', email: 'd@example.org', password: PASSWORD }],
    ['GET', '/users/me', undefined],
    ['PATCH', '/users/me', { name: 'x' }],
    ['GET', '/tools', undefined],
    ['POST', '/tools/count-tokens/invoke', { input: { text: 'x' } }],
    ['POST', '/subscriptions/subscribe', { plan: 'free' }],
    ['GET', '/admin/users', undefined],
  ]

  test('503 NOT_READY with Retry-After, /health stays 200, and back within 2 s', async () => {
    const name = new URL(database.url).pathname.slice(1)
    const admin = process.env.HUB_TEST_DATABASE_URL as string
    const client = new pg.Client({ connectionString: admin })
    await client.connect()
    try {
      await client.query(`alter database ${name} allow_connections false`)
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
      for (const [method, path, body] of CALLS) {
        const away = await ask(method, path, body, { authorization: `Bearer ${token}` })
        const { error } = (await away.json()) as { error: { code: string } }
        expect([method, path, away.status, error.code]).toEqual([method, path, 503, 'NOT_READY'])
        expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0)
      }
      const ready = await ask('GET', '/ready')
      expect([ready.status, await ready.json()]).toEqual([
        503,
        { status: 'not_ready', database: 'disconnected' },
      ])
      expect((await ask('GET', '/health')).status).toBe(200)
    } finally {
      await client.query(`alter database ${name} allow_connections true`)
      await client.end()
    }
    const back = fairClock(hub.process.pid as number)
    await until('a ready hub', async () => (await ask('GET', '/ready')).status === 200)
    expect(back()).toBeLessThan(2_000)
  })
})
