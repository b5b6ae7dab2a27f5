import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import OpenAI from 'openai'
import pg from 'pg'
import { CLIENTS } from '../mcp/clients'
import { balanceOf, type Caller, newCaller, newModel, rowsOf } from '../models/setup'
import { someAddress } from '../support/client'
import { type ModelUpstream, startModelUpstream, WORDS } from '../support/model-upstream'
import { type PlainNext, startPlainNext } from './plain-next'

/**
 * Every door is reached on a plain Next host too, by its short path, beside an instance with the hub's own server on
 * the same database.
 */
let upstream: ModelUpstream
let caller: Caller
let host: PlainNext
let client: OpenAI

const messages = [{ role: 'user' as const, content: 'Say something.' }]

beforeAll(async () => {
  upstream = await startModelUpstream()
  caller = await newCaller(10_000_000)
  host = await startPlainNext(process.env.HUB_TEST_HUB_DATABASE_URL as string)
  client = new OpenAI({ apiKey: caller.key, baseURL: `${host.url}/v1`, maxRetries: 0 })
})

afterAll(async () => {
  await host?.stop()
  await upstream.close()
})

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${host.url}${path}`, {
    ...init,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${caller.key}`,
      'x-forwarded-for': someAddress(),
      ...init.headers,
    },
  })

describe('/v1 by the official client', () => {
  test('models are listed and shown, those with odd names are not found', async () => {
    const { slug, id } = await newModel(`${upstream.url}/normal`)
    const ids = []
    for await (const one of client.models.list()) ids.push(one.id)
    expect(ids).toContain(slug)
    expect(await client.models.retrieve(id)).toMatchObject({ id: slug })
    for (const name of ['no-such-model', 'a/b', 'ä %', '../models'])
      await expect(client.models.retrieve(name)).rejects.toMatchObject({ status: 404 })
  })

  test('a chat, whole and as a stream, is charged once each', async () => {
    const tool = await newModel(`${upstream.url}/normal`)
    const whole = await client.chat.completions.create({ model: tool.slug, messages })
    expect(whole.choices[0]?.message.content).toBe(WORDS.join(''))
    expect(whole._request_id).toMatch(/^[0-9a-f-]{36}$/)
    let text = ''
    for await (const chunk of await client.chat.completions.create({
      model: tool.slug,
      messages,
      stream: true,
    }))
      text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe(WORDS.join(''))
    expect(await rowsOf(tool.id, 2)).toMatchObject([{ tokens: 30 }, { tokens: 30 }])
  })

  test('a stream comes as it is made, and who stops reading ends it', async () => {
    const tool = await newModel(`${upstream.url}/stall/1`)
    const stream = await client.chat.completions.create({ model: tool.slug, messages, stream: true })
    for await (const _ of stream) break
    expect(await rowsOf(tool.id)).toMatchObject([{ source: 'partial', error_code: 'CALLER_GONE' }])
    expect((await balanceOf(caller)).held).toBe(0)
  })

  test('responses and embeddings', async () => {
    const { slug } = await newModel(`${upstream.url}/normal`)
    expect((await client.responses.create({ model: slug, input: 'Hello.' })).output_text).toBe(WORDS.join(''))
    const vectors = await newModel(`${upstream.url}/normal`, { model: { kind: 'embeddings' } })
    const asked = { model: vectors.slug, input: 'a text', encoding_format: 'float' as const }
    expect((await client.embeddings.create(asked)).data).toHaveLength(1)
  })

  test('refusals are in OpenAI’s shape, with their headers', async () => {
    const poor = await newCaller(5)
    const { slug } = await newModel(`${upstream.url}/normal`)
    const other = new OpenAI({ apiKey: poor.key, baseURL: `${host.url}/v1` })
    await expect(other.chat.completions.create({ model: slug, messages })).rejects.toMatchObject({
      status: 403,
      code: 'insufficient_quota',
    })
    const wrong = await ask('/v1/models', { headers: { authorization: 'Bearer wrong' } })
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="hub"'])
    const nowhere = await ask('/v1/nowhere')
    expect([nowhere.status, await nowhere.json()]).toMatchObject([
      404,
      { error: { type: expect.any(String) } },
    ])
    expect((await ask('/v1/chat/completions')).status).toBe(405)
  })
})

describe.each(CLIENTS)('/mcp by %s', (_name, connect) => {
  test('lists and calls', async () => {
    const { slug } = await newModel(`${upstream.url}/normal`)
    const mcp = await connect(caller.key, { url: `${host.url}/mcp` })
    expect((await mcp.listTools()).map(({ name }) => name)).toContain(slug)
    expect(await mcp.callTool(slug, { prompt: 'Hello.' })).toMatchObject({
      structuredContent: { text: WORDS.join('') },
    })
    await mcp.close()
  })
})

test('an invocation, whole and as a stream, and GraphQL', async () => {
  const tool = await newModel(`${upstream.url}/normal`)
  const body = JSON.stringify({ input: { prompt: 'Hello.' } })
  const path = `/api/v1/tools/${tool.slug}/invoke`
  expect(await (await ask(path, { method: 'POST', body })).json()).toMatchObject({
    data: { tokens_used: 30 },
  })
  const events = await ask(path, { method: 'POST', body, headers: { accept: 'text/event-stream' } })
  expect(await events.text()).toContain('event: done')
  const query = `mutation { invokeTool(tool: "${tool.slug}", input: { prompt: "Hello." }) { tokensUsed } }`
  const answer = await ask('/api/graphql', { method: 'POST', body: JSON.stringify({ query }) })
  expect(await answer.json()).toEqual({ data: { invokeTool: { tokensUsed: 30 } } })
  expect(await rowsOf(tool.id, 3)).toHaveLength(3)
})

/** Without a lease the other instance would take this one's calls for abandoned. */
test('it keeps a lease of its own, so that no other instance settles its calls', async () => {
  const sql = new pg.Client({ connectionString: process.env.HUB_TEST_HUB_DATABASE_URL })
  await sql.connect()
  try {
    const { rows } = await sql.query(
      `
      select distinct u.instance_id from usage_logs u
      left join instances i on i.id = u.instance_id
      where u.user_id = $1 and i.id is null`,
      [caller.id],
    )
    expect(rows).toEqual([])
  } finally {
    await sql.end()
  }
})
