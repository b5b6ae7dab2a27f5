import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { freshDatabase, type TestDatabase } from '../support/database'
import { startTestHub, type TestHub } from '../support/hub'
import { type ModelUpstream, startModelUpstream } from '../support/model-upstream'

/**
 * Secrets of upstreams appear nowhere: each is planted once, the hub is used in every way in which it could let one
 * slip, and then every answer, the log, every table and every export are searched.
 */
const planted = {
  main: `sk-main-${randomBytes(12).toString('hex')}`,
  backup: `sk-backup-${randomBytes(12).toString('hex')}`,
  header: `hush-${randomBytes(12).toString('hex')}`,
}

let database: TestDatabase
let hub: TestHub
let upstream: ModelUpstream
const answers: string[] = []
let admin = ''
let key = ''

async function ask(
  method: string,
  path: string,
  body?: unknown,
  token = admin,
): Promise<{ [name: string]: never }> {
  const response = await fetch(`${hub.url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      'x-forwarded-for': '198.18.7.7',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  answers.push(`${method} ${path} ${JSON.stringify([...response.headers])} ${text}`)
  return text.startsWith('{') ? JSON.parse(text) : {}
}

beforeAll(async () => {
  database = await freshDatabase(4)
  upstream = await startModelUpstream()
  hub = await startTestHub(database.url, { LOG_LEVEL: 'trace' })
  const login = (email: string, password: string) =>
    ask('POST', '/api/v1/auth/login', { email, password }, '') as Promise<{ data: never }>
  admin = ((await login(hub.admin.email, hub.admin.password)).data as { access_token: string }).access_token
  const person = { name: 'P', email: 'p@example.org', password: 'Tr1cky-horse!' }
  await ask('POST', '/api/v1/auth/register', person, '')
  const token = ((await login(person.email, person.password)).data as { access_token: string }).access_token
  await ask('POST', '/api/v1/subscriptions/subscribe', { plan: 'pro' }, token)
  const made = (await ask('POST', '/api/v1/users/me/api-keys', { name: 'k' }, token)) as { data: never }
  key = (made.data as { key: string }).key
}, 120_000)

afterAll(async () => {
  await hub?.stop()
  await upstream?.close()
  await database?.drop()
})

const chat = (model: string, more: object = {}) =>
  ask('POST', '/v1/chat/completions', { model, messages: [{ role: 'user', content: 'Hi' }], ...more }, key)

async function newModel(path: string, slug: string): Promise<string> {
  const made = (await ask('POST', '/api/v1/admin/tools', {
    name: slug,
    slug,
    description: 'x',
    adapter: 'openai',
    api_endpoint: `${upstream.url}${path}`,
    retries: 0,
    model: { name: 'm', max_output_tokens: 50 },
    provider_key: planted.main,
    headers: { 'X-Other-Secret': planted.header },
    upstreams: [{ name: 'backup', adapter: 'openai', api_endpoint: `${upstream.url}/echo-key`, model: 'm' }],
    upstream_keys: { backup: planted.backup },
  })) as { data: never }
  return (made.data as { id: string }).id
}

describe("an upstream's secrets", () => {
  test('are sent to the upstream, each to its own', async () => {
    await newModel('/status/500', 'failing')
    await chat('failing')
    expect(upstream.seen('status').at(-1)?.headers).toMatchObject({
      authorization: `Bearer ${planted.main}`,
      'x-other-secret': planted.header,
    })
    const backup = upstream.seen('echo-key').at(-1)?.headers
    expect(backup?.authorization).toBe(`Bearer ${planted.backup}`)
    expect(backup).not.toHaveProperty('x-other-secret')
  })

  test('stay out of answers, also where a provider repeats them, of logs, tables and exports', async () => {
    const id = await newModel('/normal', 'working')
    await newModel('/reset', 'broken')
    // The provider says the key back in its refusal.
    await newModel('/repeats-key', 'repeating')
    for (const slug of ['working', 'failing', 'broken', 'repeating']) {
      await chat(slug)
      await chat(slug, { stream: true })
      await ask('POST', `/api/v1/tools/${slug}/invoke`, { input: { prompt: 'x' } }, key)
    }
    // Changed, so that versions and audit entries are written; refused, so that errors are.
    await ask('PATCH', `/api/v1/admin/tools/${id}`, { description: 'y', provider_key: planted.main })
    await ask('PATCH', `/api/tools/${id}`, { upstreamKeys: { nobody: planted.backup } })
    await ask('PATCH', `/api/tools/${id}`, { secretHeaders: { 'bad name': planted.header } })
    await ask('POST', `/api/v1/admin/tools/${id}/try`, { input: { prompt: 'x' } })
    for (const path of [
      `/api/tools/${id}`,
      '/api/tools?depth=2&limit=100',
      '/api/tools/versions?limit=100&depth=1',
      '/api/audit-logs?limit=100',
      '/api/audit-logs/export',
      '/api/usage-logs/export',
      '/api/refusals?limit=100',
      `/api/v1/tools/${id}`,
      '/api/v1/openapi.json',
      '/v1/models',
    ])
      await ask('GET', path)
    await ask('POST', '/api/graphql', {
      query: '{ Tools { docs { name adapter endpoint secretHeaderNames } } }',
    })
    await ask('POST', '/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }, key)
    const places = { answers: answers.join('\n'), log: hub.output(), tables: await tablesAsText() }
    for (const [place, text] of Object.entries(places)) {
      expect(text.length).toBeGreaterThan(1_000)
      for (const secret of Object.values(planted))
        expect([
          place,
          text.indexOf(secret) < 0 ||
            text.slice(Math.max(0, text.indexOf(secret) - 200), text.indexOf(secret)),
        ]).toEqual([place, true])
    }
  }, 120_000)
})

/** Every row of every table, as text. */
async function tablesAsText(): Promise<string> {
  const { rows } = await database.pool.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE'`,
  )
  const texts: string[] = []
  for (const { name } of rows) {
    const found = await database.pool.query<{ text: string | null }>(
      `select string_agg(t::text, E'\\n') as text from ${name} t`,
    )
    texts.push(found.rows[0]?.text ?? '')
  }
  return texts.join('\n')
}
