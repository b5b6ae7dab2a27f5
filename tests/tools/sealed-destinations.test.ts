/**
 * Protects secrets against leaving for another place than the one that they were stored for, whatever moved the tool or
 * the row: no hook has to notice it. And keeps those of a version that sealed them without a place.
 */
import { createCipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Pool } from 'pg'
import { openWebhookSecret } from '../../src/domain/settings/webhook-secret'
import { SEALED_SQL } from '../../src/domain/tools/tool-row'
import { hubSchemaUp } from '../../src/platform/database/schema'
import type { Log } from '../../src/platform/log/log'
import { decryptSecret, type SealedSecret } from '../../src/platform/outbound/seal'
import { sealSecretsAgain } from '../../src/start/seal-again'
import { ask, hubDatabase } from '../access/callers'
import { baseTables } from '../ledger/base-tables'
import { newCaller, newModel } from '../models/setup'
import { adminSession, newTool } from '../support/catalogue'
import { call } from '../support/client'
import { freshDatabase, type TestDatabase } from '../support/database'
import { type McpUpstream, startMcpUpstream } from '../support/mcp-server'
import { startUpstream, type Upstream } from '../support/upstream'
import { SECRET } from './fixture'

describe('a tool that was moved behind the back of every hook', () => {
  let db: Pool
  let upstream: Upstream
  let elsewhere: Upstream
  let mcp: McpUpstream
  let key: string

  beforeAll(async () => {
    db = hubDatabase()
    upstream = await startUpstream()
    elsewhere = await startUpstream()
    mcp = await startMcpUpstream()
    key = (await newCaller()).key
  })
  afterAll(async () => {
    await Promise.all([upstream.close(), elsewhere.close(), mcp.close()])
    await db.end()
  })

  const headers = { 'X-Secret': 'for-one-host-alone' }
  const invoke = (slug: string, input: object = { a: 1 }) =>
    call('POST', `/tools/${slug}/invoke`, { key, body: { input } })
  const move = (id: string, endpoint: string) =>
    db.query('update tools set endpoint = $2 where id = $1', [id, endpoint])
  const unreadable = async (id: string) => {
    const { token } = await adminSession()
    return ((await ask('GET', `/api/tools/${id}`, { token })).body as { unreadableSecrets: string[] })
      .unreadableSecrets
  }

  test('is not called with its secret, says so, and works again where it belongs', async () => {
    const tool = await newTool(`${upstream.url}/echo`, { headers, retries: 0 })
    expect((await invoke(tool.slug)).status).toBe(200)
    expect(await unreadable(tool.id)).toEqual([])
    await move(tool.id, `${elsewhere.url}/echo`)
    const refused = await invoke(tool.slug)
    expect([refused.status, refused.error?.code]).toEqual([503, 'TOOL_UNAVAILABLE'])
    expect(elsewhere.calls('/echo')).toBe(0)
    expect(await unreadable(tool.id)).toEqual(['X-Secret'])
    // Another path of the same place is the same place.
    await move(tool.id, `${upstream.url}/echo?moved`)
    expect((await invoke(tool.slug)).status).toBe(200)
    expect(upstream.lastHeaders('/echo')['x-secret']).toBe('for-one-host-alone')
  })

  test('nor a model, at its own address or a further upstream, nor a tool of an MCP server', async () => {
    const upstreams = [{ name: 'backup', adapter: 'openai', endpoint: `${upstream.url}/v1`, model: 'm' }]
    const model = await newModel(`${upstream.url}/v1`, { headers })
    const { token } = await adminSession()
    const more = await ask('PATCH', `/api/tools/${model.id}`, {
      token,
      body: { upstreams, upstreamKeys: { backup: 'a-key-of-the-backup' }, _status: 'published' },
    })
    expect(more.status).toBe(200)
    expect(await unreadable(model.id)).toEqual([])
    await move(model.id, `${elsewhere.url}/v1`)
    await db.query('update tools_upstreams set endpoint = $2 where _parent_id = $1', [
      model.id,
      `${elsewhere.url}/v1`,
    ])
    expect((await invoke(model.slug, { prompt: 'Hello' })).status).toBe(503)
    expect((await unreadable(model.id)).sort()).toEqual(['X-Secret', 'backup:Authorization'])
    const remote = await newTool(mcp.url, { adapter: 'mcp', remote_tool: 'add', headers, retries: 0 })
    await move(remote.id, `${elsewhere.url}/mcp`)
    expect((await invoke(remote.slug, { a: 1, b: 2 })).status).toBe(503)
    expect([elsewhere.calls('/v1/chat/completions'), elsewhere.calls('/mcp')]).toEqual([0, 0])
  })

  test('nor with a secret of another tool, copied to it', async () => {
    const [one, two] = [
      await newTool(`${upstream.url}/echo`, { headers }),
      await newTool(`${upstream.url}/echo?two`, { retries: 0 }),
    ]
    await db.query(
      `insert into tool_secrets (tool_id, name, key_id, nonce, ciphertext, sealed)
       select $2, name, key_id, nonce, ciphertext, sealed from tool_secrets where tool_id = $1`,
      [one.id, two.id],
    )
    expect((await invoke(two.slug)).status).toBe(503)
  })
})

describe('secrets of the version before', () => {
  let database: TestDatabase
  let warnings: { tool?: string; secret: string; reason: string }[]
  const log = { warn: (one: (typeof warnings)[number]) => warnings.push(one) } as unknown as Log
  const WEBHOOK = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

  beforeAll(async () => {
    database = await freshDatabase(4)
    for (const statement of [...baseTables, ...hubSchemaUp]) await database.pool.query(statement)
  })
  afterAll(() => database.drop())
  beforeEach(async () => {
    warnings = []
    for (const table of ['tools', 'setting_secrets', 'instances'])
      await database.pool.query(`delete from ${table}`)
  })

  /** As that version sealed: bound to its scope and name alone. */
  function formerly(scope: string, name: string, value: string, secret = SECRET) {
    const key = Buffer.from(hkdfSync('sha256', secret, '', 'hub tool secrets v1', 32))
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(
      Buffer.from(`${scope}\n${name.toLowerCase()}`),
    )
    const ciphertext = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return [name, createHash('sha256').update(key).digest('hex').slice(0, 16), nonce, ciphertext]
  }

  async function toolOfBefore(slug: string, secret = SECRET) {
    const { rows } = await database.pool.query<{ id: string }>(
      `insert into tools (name, slug, adapter, endpoint) values ($1, $1, 'http', 'https://example.com/a') returning id`,
      [slug],
    )
    const id = rows[0]?.id as string
    await database.pool.query(
      'insert into tool_secrets (tool_id, name, key_id, nonce, ciphertext) values ($1, $2, $3, $4, $5)',
      [id, ...formerly(id, 'X-Key', 'planted', secret)],
    )
    return id
  }

  const sealedOf = async (id: string) =>
    (await database.pool.query<SealedSecret>(SEALED_SQL, [id])).rows[0] as SealedSecret
  const formerTexts = async () =>
    (
      await database.pool.query(`select from tool_secrets where key_id <> '' union all
      select from setting_secrets where key_id <> ''`)
    ).rows.length

  test('are sealed again for the place to which their tool goes, once, and the former text goes', async () => {
    const id = await toolOfBefore('one')
    await database.pool.query(
      `insert into setting_secrets (name, key_id, nonce, ciphertext) values ($1, $2, $3, $4)`,
      formerly('settings', 'webhook-secret', WEBHOOK),
    )
    await Promise.all([1, 2].map(() => sealSecretsAgain(database.pool, SECRET, log)))
    expect(decryptSecret(id, await sealedOf(id), SECRET, 'https://example.com')).toBe('planted')
    expect(await openWebhookSecret(database.pool, '', SECRET)).toEqual(Buffer.alloc(32, 7))
    expect([await formerTexts(), warnings]).toEqual([0, []])
    const before = await sealedOf(id)
    await database.pool.query(`update tools set endpoint = 'https://elsewhere.example.com/'`)
    await sealSecretsAgain(database.pool, SECRET, log)
    expect(await sealedOf(id)).toEqual(before)
    expect(warnings).toEqual([
      { tool: 'one', secret: 'X-Key', reason: expect.stringContaining('another address') },
    ])
  })

  test('keep their former text while another instance lives, which may know no other', async () => {
    await toolOfBefore('one')
    await database.pool.query(
      `insert into instances (id, started_at, renewed_at) values (gen_random_uuid(), now(), now())`,
    )
    await sealSecretsAgain(database.pool, SECRET, log)
    expect(await formerTexts()).toBe(1)
    await database.pool.query(`update instances set renewed_at = now() - interval '1 minute'`)
    await sealSecretsAgain(database.pool, SECRET, log)
    expect(await formerTexts()).toBe(0)
  })

  test('that cannot be opened are listed and stay as they are, and keep no other', async () => {
    const other = await toolOfBefore('other', 'another secret of the hub, long enough')
    const good = await toolOfBefore('good')
    await sealSecretsAgain(database.pool, SECRET, log)
    expect(warnings).toEqual([
      { tool: 'other', secret: 'X-Key', reason: expect.stringContaining('another PAYLOAD_SECRET') },
    ])
    expect((await sealedOf(other)).sealed).toBeNull()
    expect((await sealedOf(good)).sealed).not.toBeNull()
    expect(await formerTexts()).toBe(1)
  })
})
