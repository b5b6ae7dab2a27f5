import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { type McpUpstream, startMcpUpstream } from '../support/mcp-server'
import { type ModelUpstream, startModelUpstream } from '../support/model-upstream'
import { type OwnHub, ownHub } from '../support/own-hub'
import { type ProviderUpstream, startProviderUpstream } from '../support/provider-upstream'
import { type RepeatingProxy, startRepeatingProxy } from '../support/repeating-proxy'
import { startUpstream, type Upstream } from '../support/upstream'
import { DOORS, plant, toolsAt } from './planted'

/**
 * Secrets of upstreams appear nowhere: they are planted in a tool of every adapter, at servers that say them back, the
 * hub is used in every way in which it could let one slip, and then every answer, the log, every table and every export
 * are searched.
 */
const planted = {
  main: plant('main'),
  header: plant('header'),
  anthropic: plant('anthropic'),
  google: plant('google'),
}

jest.setTimeout(240_000)

let own: OwnHub
let servers: [Upstream, McpUpstream, ModelUpstream, ProviderUpstream]
let proxy: RepeatingProxy
let key = ''
const tools: Record<string, string> = {}
const answers: { to: string; text: string }[] = []

const noted = async (to: string, asked: ReturnType<OwnHub['ask']>) => {
  const reply = await asked
  answers.push({ to, text: `${JSON.stringify([...reply.headers])} ${reply.text}` })
  return reply
}
const asAdmin = (method: string, path: string, body?: object) =>
  noted(`${method} ${path}`, own.ask(method, path, { token: own.admin, ...(body ? { body } : {}) }))

beforeAll(async () => {
  servers = await Promise.all([
    startUpstream(),
    startMcpUpstream(),
    startModelUpstream(),
    startProviderUpstream(),
  ])
  const [http, mcp, openai, provider] = servers.map(({ url }) => url) as [string, string, string, string]
  proxy = await startRepeatingProxy({ http, mcp, openai, anthropic: provider, google: provider })
  own = await ownHub({ LOG_LEVEL: 'trace' })
  for (const [slug, settings] of Object.entries(toolsAt(proxy.url, planted))) {
    const tool = { name: slug, slug, description: 'x', retries: 0, ...settings }
    const made = await asAdmin('POST', '/api/v1/admin/tools', tool)
    expect([slug, made.status]).toEqual([slug, 201])
    tools[slug] = (made.body.data as { id: string }).id
  }
  key = await newCaller()
})

afterAll(async () => {
  await own?.close()
  await proxy?.close()
  await Promise.all(servers?.map((server) => server.close()) ?? [])
})

/** Somebody with a key, and room for whatever is asked here. */
async function newCaller(): Promise<string> {
  const free = await asAdmin('GET', '/api/plans?where[name][equals]=free')
  const [plan] = free.body.docs as { id: string }[]
  const deps = { tokenLimit: 10_000_000, requestsPerMinute: 60_000, burst: 5_000, callsAtOnce: 100 }
  await asAdmin('PATCH', `/api/plans/${plan?.id}`, deps)
  const { token } = await own.person()
  const sent = { token, body: { plan: 'free' } }
  await noted('subscribe', own.ask('POST', '/api/v1/subscriptions/subscribe', sent))
  const made = await own.ask('POST', '/api/v1/users/me/api-keys', { token, body: { name: 'k' } })
  return (made.body.data as { key: string }).key
}

describe("an upstream's secrets", () => {
  test('are sent to the upstream, each to its own, and said back by every one that says anything', async () => {
    for (const slug of Object.keys(tools))
      for (const [door, ask] of Object.entries(DOORS)) await noted(`${door} ${slug}`, ask(slug, own, key))
    const sentTo = (path: string) =>
      Object.entries(planted).flatMap(([name, { value }]) =>
        proxy.seen.some(
          (one) => one.path.startsWith(path) && one.headers.includes(JSON.stringify(value).slice(1, -1)),
        )
          ? [name]
          : [],
      )
    expect(sentTo('/http/')).toEqual(['main', 'header'])
    expect(sentTo('/mcp/')).toEqual(['main', 'header'])
    expect(sentTo('/openai/')).toEqual(['main', 'header'])
    expect(sentTo('/anthropic/anthropic/status-503')).toEqual(['anthropic'])
    expect(sentTo('/google/google/status-400')).toEqual(['main', 'header'])
    expect(sentTo('/google/google/text')).toEqual(['main', 'header', 'google'])
    const repeated = proxy.seen.filter((one) => one.repeated() > 0)
    const isRepeated = ([, { api_endpoint }]: [string, { api_endpoint: string }]) =>
      repeated.some(({ path }) => path.startsWith(new URL(api_endpoint).pathname))
    const silent = Object.entries(toolsAt(proxy.url, planted)).filter((one) => !isRepeated(one))
    expect(silent.map(([slug]) => slug)).toEqual(SILENT)
  })

  test('are not there where what a server says back is', () => {
    const shown = answers.filter(({ text }) => text.includes('joyfull-ui-hub') && text.includes('***'))
    expect(shown.map(({ to }) => to)).toEqual(expect.arrayContaining(SHOWN))
  })

  test('stay out of answers, logs, tables, versions and exports', async () => {
    const first = String(tools['openai-answers'])
    // Changed, so that versions and audit entries are written; refused, so that errors are.
    await asAdmin('PATCH', `/api/v1/admin/tools/${first}`, {
      description: 'y',
      provider_key: planted.main.value,
    })
    await asAdmin('PATCH', `/api/v1/admin/tools/${tools['http-answers']}`, {
      headers: { Authorization: planted.main.value },
    })
    await asAdmin('PATCH', `/api/tools/${first}`, { upstreamKeys: { nobody: planted.google.value } })
    await asAdmin('PATCH', `/api/tools/${first}`, { secretHeaders: { 'bad name': planted.header.value } })
    const server = { api_endpoint: `${proxy.url}/mcp/`, headers: { 'X-Key': planted.main.value } }
    const listed = await asAdmin('POST', '/api/v1/admin/mcp/tools', server)
    expect(listed.text).toContain('***')
    await asAdmin('POST', '/api/v1/admin/mcp/import', {
      ...server,
      tools: ['say', 'add'],
      prefix: 'imported',
    })
    await asAdmin('POST', '/api/v1/admin/mcp/check', {})
    for (const id of Object.values(tools)) {
      await asAdmin('POST', `/api/v1/admin/tools/${id}/try`, { input: { prompt: 'x', input: 'x' } })
      await noted(`tool ${id}`, own.ask('GET', `/api/v1/tools/${id}`, { key }))
      await asAdmin('GET', `/api/tools/${id}?depth=2&draft=true`)
    }
    for (const path of PATHS) expect([path, (await asAdmin('GET', path)).status]).toEqual([path, 200])
    const query = '{ Tools { docs { name adapter endpoint secretHeaderNames } } }'
    await asAdmin('POST', '/api/graphql', { query })
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }
    const accept = 'application/json, text/event-stream'
    await noted('mcp', own.ask('POST', '/mcp', { token: key, body: list, headers: { accept } }))
    const [log, tables] = [own.hub.output(), await tablesAsText()]
    const places = [...answers, { to: 'the log', text: log }, { to: 'the tables', text: tables }]
    const holds = (text: string) => Object.values(planted).some(({ needle }) => text.includes(needle))
    expect(places.filter(({ text }) => holds(text)).map(({ to }) => to)).toEqual([])
    // What is searched holds what was done.
    expect(log.includes('tool failed')).toBe(true)
    for (const written of ['TOOL_BAD_RESPONSE', 'no-such-tool', '[hidden]', 'imported say', '***'])
      expect([written, tables.includes(written)]).toEqual([written, true])
  })
})

const OPENAI_DOORS = ['chat', 'chat as a stream', 'responses', 'responses as a stream']

/** Every export, list and document in which something of a tool or a call may stand. */
const PATHS = [
  '/api/tools?depth=2&limit=100',
  '/api/tools/versions?limit=100&depth=1',
  '/api/plans?depth=2',
  '/api/audit-logs?limit=100',
  '/api/audit-logs/export',
  '/api/usage-logs?limit=100',
  '/api/usage-logs/export',
  '/api/refusals?limit=100',
  '/api/v1/openapi.json',
  '/v1/models',
]

/** Those whose servers have nothing to say. */
const SILENT = ['http-says-text', 'mcp-shut']

/** Each door, with a tool of each kind that answers there, or whose refusal is passed on. */
const SHOWN = [
  ...['http-answers', 'mcp-answers', 'openai-answers', 'anthropic-answers', 'google-answers'].flatMap(
    (slug) => ['invoke', 'invoke as a stream', 'mcp', 'graphql'].map((door) => `${door} ${slug}`),
  ),
  ...['openai-answers', 'openai-native', 'anthropic-answers', 'google-answers', 'several-upstreams'].flatMap(
    (slug) => OPENAI_DOORS.map((door) => `${door} ${slug}`),
  ),
  ...['openai-refuses', 'anthropic-refuses', 'google-refuses'].flatMap((slug) =>
    OPENAI_DOORS.map((door) => `${door} ${slug}`),
  ),
  ...['openai-errs', 'anthropic-errs', 'openai-breaks-off', 'google-breaks-off'].flatMap((slug) =>
    ['invoke as a stream', 'chat as a stream', 'responses as a stream'].map((door) => `${door} ${slug}`),
  ),
  'embeddings openai-vectors',
  'invoke openai-vectors',
]

/** Every row of every table, as text. */
async function tablesAsText(): Promise<string> {
  const { pool } = own.database
  const { rows } = await pool.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE'`,
  )
  const texts: string[] = []
  for (const { name } of rows) {
    const found = await pool.query<{ text: string | null }>(
      `select string_agg(t::text, E'\\n') as text from ${name} t`,
    )
    texts.push(found.rows[0]?.text ?? '')
  }
  return texts.join('\n')
}
