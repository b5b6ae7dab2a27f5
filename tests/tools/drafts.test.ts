import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Pool } from 'pg'
import { ask, CALLERS, type Caller, type Cast, castOfCallers, hubDatabase } from '../access/callers'
import { graphql } from '../access/hub-operations'
import { CLIENTS } from '../mcp/clients'
import { newCaller, newModel } from '../models/setup'
import { newTool, type TestTool } from '../support/catalogue'
import { call } from '../support/client'
import { unique } from '../support/people'
import { until } from '../support/until'
import { startUpstream, type Upstream } from '../support/upstream'

const NOT_ADMINS = CALLERS.filter((caller) => caller !== 'admin')
const PLANTED = 'planted-secret-in-a-draft-51c'

let db: Pool
let cast: Cast
let upstream: Upstream
let user: Awaited<ReturnType<typeof newCaller>>

beforeAll(async () => {
  db = hubDatabase()
  cast = await castOfCallers()
  upstream = await startUpstream()
  user = await newCaller()
})
afterAll(async () => {
  await upstream.close()
  await db.end()
})

interface Saved {
  doc: { id: string; name: string; slug: string; description: string; _status: string; endpoint: string }
}

/** One call of the generated API by the admin. */
async function rest<Body = Saved>(method: string, path: string, body?: object, as: Caller = 'admin') {
  const answer = await ask(method, `/api/tools${path}`, {
    headers: cast.headers[as],
    ...(body ? { body } : {}),
  })
  return { status: answer.status, body: answer.body as Body, text: answer.text }
}

const draftOf = (change: object) => ({ ...change, _status: 'draft' })
const newData = (more: object = {}) => ({
  name: unique('Draft'),
  description: 'As published',
  endpoint: `${upstream.url}/echo`,
  adapter: 'http',
  minimumTier: 'free',
  meteringMode: 'counted',
  ...more,
})

const publishedTool = () =>
  newTool(`${upstream.url}/echo`, { headers: { 'X-Secret': 'the-published-secret' } })

async function invoke(tool: { slug: string }) {
  return call('POST', `/tools/${tool.slug}/invoke`, { key: user.key, body: { input: { a: 1 } } })
}

describe('a draft', () => {
  test('of a new tool is seen and called by nobody but admins, through any door', async () => {
    const { body } = await rest('POST', '?draft=true', draftOf(newData()))
    const tool = body.doc
    expect(tool._status).toBe('draft')
    expect((await invoke(tool)).status).toBe(404)
    expect((await call('GET', `/tools/${tool.slug}`, { key: user.key })).status).toBe(404)
    const listed = await call<{ slug: string }[]>('GET', '/tools?limit=100', { key: user.key })
    expect(listed.data.map(({ slug }) => slug)).not.toContain(tool.slug)
    const [, connect] = CLIENTS[0] as (typeof CLIENTS)[0]
    const client = await connect(user.key)
    expect((await client.listTools()).map(({ name }) => name)).not.toContain(tool.slug)
    await client.close()
    const asked = 'mutation($tool: String!) { invokeTool(tool: $tool, input: {}) { output } }'
    const refused = await graphql(asked, { tool: tool.slug }, { 'x-api-key': user.key })
    expect(refused.error?.extensions.statusCode).toBe(404)
    for (const caller of NOT_ADMINS)
      for (const path of [`/${tool.id}`, `/${tool.id}?draft=true`])
        expect([caller, path, (await rest('GET', path, undefined, caller)).status >= 400]).toEqual([
          caller,
          path,
          true,
        ])
  })

  test('of a model is no model of the OpenAI-compatible door until it is published', async () => {
    const model = await newModel(`${upstream.url}/v1`)
    const models = async () =>
      (await ask('GET', '/v1/models', { headers: { 'x-api-key': user.key } })).text.includes(model.slug)
    expect(await models()).toBe(true)
    expect((await rest('PATCH', `/${model.id}`, draftOf({}))).status).toBe(200)
    expect(await models()).toBe(false)
    expect((await rest('PATCH', `/${model.id}`, { _status: 'published' })).status).toBe(200)
    expect(await models()).toBe(true)
  })

  test('beside a published tool changes nothing for its users, who never read it', async () => {
    const tool = await publishedTool()
    const saved = await rest(
      'PATCH',
      `/${tool.id}?draft=true`,
      draftOf({ description: 'unfinished', endpoint: `${upstream.url}/status/500` }),
    )
    expect(saved.body.doc.description).toBe('unfinished')
    expect((await invoke(tool)).status).toBe(200)
    expect(
      (await call<{ description: string }>('GET', `/tools/${tool.id}`, { key: user.key })).data.description,
    ).toBe('A tool of a test.')
    for (const caller of NOT_ADMINS) {
      for (const path of [`/${tool.id}?draft=true`, `?draft=true&where[id][equals]=${tool.id}`])
        expect((await rest('GET', path, undefined, caller)).text).not.toContain('unfinished')
    }
    const seen = await rest('GET', `/${tool.id}?draft=true`)
    expect(seen.text).toContain('unfinished')
  })

  test('is not published along by a change through the versioned API, and stays among the versions', async () => {
    const tool = await publishedTool()
    await rest('PATCH', `/${tool.id}?draft=true`, draftOf({ description: 'unfinished' }))
    const changed = await call('PATCH', `/admin/tools/${tool.id}`, {
      headers: cast.headers.admin,
      body: { timeout_ms: 1_234 },
    })
    expect(changed.data).toMatchObject({
      description: 'A tool of a test.',
      timeout_ms: 1_234,
      is_active: true,
    })
    expect((await invoke(tool)).status).toBe(200)
    const versions = await rest(
      'GET',
      `/versions?where[parent][equals]=${tool.id}&where[version.description][equals]=unfinished`,
    )
    expect(versions.text).toContain('unfinished')
  })

  test('is neither published along nor takes the tool away by a change that says nothing of drafts', async () => {
    const graphqlChange = 'mutation($id: String!) { updateTool(id: $id, data: { timeoutMs: 1234 }) { id } }'
    const changes: [string, (id: string) => Promise<unknown>][] = [
      ['REST', (id) => rest('PATCH', `/${id}`, { timeoutMs: 1_234 })],
      ['GraphQL', (id) => graphql(graphqlChange, { id }, cast.headers.admin)],
    ]
    for (const [door, change] of changes) {
      const tool = await publishedTool()
      await rest('PATCH', `/${tool.id}?draft=true`, draftOf({ description: 'unfinished' }))
      await change(tool.id)
      const seen = await rest('GET', `/${tool.id}`)
      expect([door, seen.body]).toMatchObject([
        door,
        { description: 'A tool of a test.', timeoutMs: 1_234, _status: 'published' },
      ])
      expect([door, (await invoke(tool)).status]).toEqual([door, 200])
      const secret = upstream.lastHeaders('/echo')['x-secret']
      expect([door, secret]).toEqual([door, 'the-published-secret'])
    }
  })

  test('stays out of what goes into the trash and comes back', async () => {
    const tool = await publishedTool()
    await rest('PATCH', `/${tool.id}?draft=true`, draftOf({ description: 'unfinished' }))
    const only = `where[id][equals]=${tool.id}`
    expect((await rest('PATCH', `?${only}`, { deletedAt: new Date().toISOString() })).status).toBe(200)
    expect((await invoke(tool)).status).toBe(404)
    expect((await rest('PATCH', `?trash=true&${only}`, { deletedAt: null })).status).toBe(200)
    expect((await rest('GET', `/${tool.id}`)).body).toMatchObject({ description: 'A tool of a test.' })
    expect((await invoke(tool)).status).toBe(200)
  })

  test('is checked as a tool is: what could not be published is not saved', async () => {
    const faults = { inputSchema: { type: 'nonsense' }, adapter: 'openai', model: null }
    const answer = await rest('POST', '?draft=true', draftOf(newData(faults)))
    expect(answer.status).toBe(400)
    expect(answer.text).toMatch(/inputSchema[\s\S]*model|model[\s\S]*inputSchema/)
  })
})

describe('versions', () => {
  test('are listed, read and restored by admins alone, by REST and GraphQL', async () => {
    const tool = await publishedTool()
    await rest('PATCH', `/${tool.id}`, { description: 'second', _status: 'published' })
    const { body } = await rest<{ docs: { id: string; version: { description: string } }[] }>(
      'GET',
      `/versions?where[parent][equals]=${tool.id}`,
    )
    const first = body.docs.find(({ version }) => version.description === 'A tool of a test.') as {
      id: string
    }
    for (const caller of NOT_ADMINS) {
      const headers = cast.headers[caller]
      const list = await rest<{ docs?: unknown[] }>('GET', '/versions', undefined, caller)
      expect([caller, list.status]).toEqual([caller, 403])
      expect((await rest('GET', `/versions/${first.id}`, undefined, caller)).status).toBe(403)
      expect((await rest('POST', `/versions/${first.id}`, {}, caller)).status).toBe(403)
      const lists = await graphql('query { versionsTools { docs { id } } }', {}, headers)
      const one = await graphql(
        'query($id: String!) { versionTool(id: $id) { id } }',
        { id: first.id },
        headers,
      )
      const restores = await graphql(
        'mutation($id: String!) { restoreVersionTool(id: $id) { id } }',
        { id: first.id },
        headers,
      )
      for (const refused of [lists, one, restores])
        expect([caller, refused.data, refused.error?.extensions.statusCode]).toEqual([caller, null, 403])
    }
    expect(
      (await call<{ description: string }>('GET', `/tools/${tool.id}`, { key: user.key })).data.description,
    ).toBe('second')
    expect((await rest('POST', `/versions/${first.id}`, {})).status).toBe(200)
    expect(
      (await call<{ description: string }>('GET', `/tools/${tool.id}`, { key: user.key })).data.description,
    ).toBe('A tool of a test.')
    expect((await invoke(tool)).status).toBe(200)
  })

  test('never hold a secret, however it was set', async () => {
    const secrets = { secretHeaders: { 'X-Key': PLANTED } }
    const { body } = await rest('POST', '', { ...newData(secrets), _status: 'published' })
    await rest('PATCH', `/${body.doc.id}`, { secretHeaders: { 'X-Other': PLANTED }, _status: 'published' })
    const model = { adapter: 'openai', endpoint: `${upstream.url}/v1`, model: 'm', meteringMode: 'counted' }
    const keys = { providerKey: PLANTED, upstreamKeys: { backup: PLANTED } }
    const upstreams = [{ name: 'backup', adapter: 'openai', endpoint: `${upstream.url}/v1`, model: 'm' }]
    const made = await rest('POST', '?draft=true', draftOf(newData({ ...model, ...keys, upstreams })))
    expect(made.status).toBe(201)
    await rest('PATCH', `/${made.body.doc.id}?draft=true`, draftOf({ description: 'again' }))
    expect(
      (await rest('PATCH', `/${made.body.doc.id}?draft=true`, draftOf({ providerKey: PLANTED }))).status,
    ).toBe(400)
    const { rows } = await db.query<{ n: number }>(
      `select count(*)::int as n from (select v::text as row from _tools_v v
        union all select u::text from _tools_v_version_upstreams u union all select t::text from tools t) all_rows
       where row like '%' || $1 || '%'`,
      [PLANTED],
    )
    expect(rows[0]?.n).toBe(0)
    const stored = await db.query('select 1 from tool_secrets where tool_id = $1', [made.body.doc.id])
    expect(stored.rowCount).toBe(2)
  })

  test('of another place take no secret along: published or restored, the endpoint that moved has none', async () => {
    const names = async (id: string) =>
      (await db.query<{ name: string }>('select name from tool_secrets where tool_id = $1', [id])).rows.length
    const tool = await publishedTool()
    await rest('PATCH', `/${tool.id}?draft=true`, draftOf({ endpoint: 'http://127.0.0.1:9/elsewhere' }))
    expect(await names(tool.id)).toBe(1)
    expect((await invoke(tool)).status).toBe(200)
    expect(upstream.lastHeaders('/echo')['x-secret']).toBe('the-published-secret')
    await rest('PATCH', `/${tool.id}`, { _status: 'published' })
    expect(await names(tool.id)).toBe(0)
    const { body } = await rest<{ docs: { id: string; version: { endpoint: string } }[] }>(
      'GET',
      `/versions?where[parent][equals]=${tool.id}`,
    )
    await rest('PATCH', `/${tool.id}`, {
      secretHeaders: { 'X-Secret': 'of-elsewhere' },
      _status: 'published',
    })
    const first = body.docs.find(({ version }) => version.endpoint.includes('/echo')) as { id: string }
    expect((await rest('POST', `/versions/${first.id}`, {})).status).toBe(200)
    expect(await names(tool.id)).toBe(0)
  })
})

describe('the trash', () => {
  const trash = (tool: TestTool) => rest('PATCH', `/${tool.id}`, { deletedAt: new Date().toISOString() })
  const restore = (tool: TestTool) =>
    rest('PATCH', `/${tool.id}?trash=true`, { deletedAt: null, _status: 'published' })

  test('a trashed tool is called by nobody, keeps its history, and leaves its name and slug to others', async () => {
    const tool = await publishedTool()
    expect((await invoke(tool)).status).toBe(200)
    expect((await trash(tool)).status).toBe(200)
    expect((await invoke(tool)).status).toBe(404)
    for (const caller of NOT_ADMINS)
      expect(
        (await rest('GET', `?trash=true&where[id][equals]=${tool.id}`, undefined, caller)).text,
      ).not.toContain(tool.slug)
    const history = await call<{ tool_name: string }[]>('GET', `/usage?tool_id=${tool.id}`, { key: user.key })
    expect(history.data.map(({ tool_name }) => tool_name)).toEqual([tool.name])
    const another = await newTool(`${upstream.url}/echo`, { name: tool.name, slug: tool.slug })
    expect((await invoke(another)).status).toBe(200)
    // The name is taken now: what lies in the trash stays there until one of the two is renamed.
    const conflict = await restore(tool)
    expect([conflict.status, conflict.text]).toEqual([
      expect.any(Number),
      expect.stringMatching(/name|slug|exists/),
    ])
    expect([400, 409]).toContain(conflict.status)
    expect((await call('DELETE', `/admin/tools/${another.id}`, { headers: cast.headers.admin })).status).toBe(
      204,
    )
    expect((await restore(tool)).status).toBe(200)
    expect((await invoke(tool)).status).toBe(200)
  })

  test('is filled and emptied by a filter, as the panel does it, by admins alone and for nothing else', async () => {
    const tool = await publishedTool()
    const filter = `?trash=true&where[id][equals]=${tool.id}`
    const away = { deletedAt: new Date().toISOString() }
    for (const caller of NOT_ADMINS) expect((await rest('PATCH', filter, away, caller)).status).toBe(403)
    expect((await rest('PATCH', filter, { ...away, description: 'changed' })).status).toBe(403)
    expect((await rest('PATCH', filter, away)).status).toBe(200)
    expect((await invoke(tool)).status).toBe(404)
    expect((await rest('PATCH', filter, { deletedAt: null, _status: 'published' })).status).toBe(200)
    expect((await invoke(tool)).status).toBe(200)
  })

  test('an inactive tool keeps its history as well', async () => {
    const tool = await publishedTool()
    await invoke(tool)
    await call('PATCH', `/admin/tools/${tool.id}`, {
      headers: cast.headers.admin,
      body: { is_active: false },
    })
    const history = await call<{ tool_name: string }[]>('GET', `/usage?tool_id=${tool.id}`, { key: user.key })
    expect(history.data).toHaveLength(1)
  })

  test('an admission that began before the tool was trashed is refused by the statement itself', async () => {
    const version = async () => (await db.query('select version from catalogue_version')).rows[0].version
    const statusOf = async (tool: TestTool) => {
      const before = await version()
      expect((await invoke(tool)).status).toBe(200)
      // Written past the triggers, so that no catalogue learns of it: only the statement can tell.
      const client = await db.connect()
      await client.query('set session_replication_role = replica')
      await client.query('update tools set deleted_at = now() where id = $1', [tool.id])
      await client.query('set session_replication_role = default')
      client.release()
      const { status } = await invoke(tool)
      // Where another test changed a tool meanwhile, the hub has read them all again, and does not find this one.
      return (await version()) === before && status !== 404 ? status : null
    }
    expect(await until('a moment without changes', async () => statusOf(await publishedTool()))).toBe(503)
  })
})
