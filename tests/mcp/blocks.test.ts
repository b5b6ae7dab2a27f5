/**
 * Faults of this kind: what a tool of an MCP server says in blocks (text, images, sounds, resources), or of its error,
 * reaches a caller of `/mcp` as a text of JSON or not at all; and clients that write headers or `null` in their own way are
 * refused.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Caller, newCaller, newModel, rowsOf } from '../models/setup'
import { newTool, type TestTool } from '../support/catalogue'
import { call } from '../support/client'
import { startModelUpstream } from '../support/model-upstream'
import { hubUrl } from '../support/run'

const BLOCKS = [
  { type: 'text', text: 'A picture:' },
  { type: 'image', data: 'iVBORw0KGgo=', mimeType: 'image/png' },
  { type: 'audio', data: 'UklGRg==', mimeType: 'audio/wav' },
  { type: 'resource', resource: { uri: 'file:///notes.txt', mimeType: 'text/plain', text: 'notes' } },
  { type: 'resource_link', uri: 'file:///more.txt', name: 'more.txt' },
]
const SECRET = 'the-secret-of-the-server'
const RESULTS: Record<string, object> = {
  blocks: { content: BLOCKS },
  both: { content: BLOCKS.slice(0, 2), structuredContent: { seen: 1 } },
  value: { content: [{ type: 'text', text: '{"seen":1}' }], structuredContent: { seen: 1 } },
  nothing: { content: [] },
  fails: {
    isError: true,
    content: [{ type: 'text', text: `No such city; the key was ${SECRET}. ${'x'.repeat(5_000)}` }],
  },
}

const BIG = '12345678901234567890'
/** Written by hand: its integers are larger than a number holds. */
const LARGE = `{"content":[{"type":"image","data":"AA==","mimeType":"image/png","_meta":{"id":${BIG}}}],"structuredContent":{"seen":${BIG}}}`

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}')
  if (id === undefined) return void response.writeHead(202).end()
  const hello = {
    protocolVersion: '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: 'b', version: '1' },
  }
  const result = method === 'initialize' ? hello : method === 'tools/call' ? RESULTS[params.name] : undefined
  const rest = result ? { result } : { error: { code: -32601, message: 'no' } }
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(
      params?.name === 'large'
        ? `{"jsonrpc":"2.0","id":${id},"result":${LARGE}}`
        : JSON.stringify({ jsonrpc: '2.0', id, ...rest }),
    )
})
const tools: Record<string, TestTool> = {}
let caller: Caller

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
  for (const remote_tool of [...Object.keys(RESULTS), 'large'])
    tools[remote_tool] = await newTool(url, {
      adapter: 'mcp',
      remote_tool,
      retries: 0,
      headers: { 'X-Key': SECRET },
    })
  caller = await newCaller(1_000_000)
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const TAKES_BOTH = 'application/json, text/event-stream'

async function ask(name: string, headers: Record<string, string> = {}, given: object = { arguments: {} }) {
  const answer = await fetch(`${hubUrl()}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: TAKES_BOTH, 'x-api-key': caller.key, ...headers },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: (tools[name] as TestTool).slug, ...given },
    }),
  })
  const text = await answer.text()
  const data = /^data: (\{.*)$/m.exec(text)?.[1] ?? text
  return { status: answer.status, result: JSON.parse(data).result, data }
}

describe('a tool of an MCP server, called by /mcp', () => {
  test('its blocks pass as blocks', async () => {
    expect((await ask('blocks')).result.content).toEqual(BLOCKS)
    const invoked = await call<{ output: object }>('POST', `/tools/${tools.blocks?.slug}/invoke`, {
      token: caller.token,
      body: { input: {} },
    })
    expect(invoked.data.output).toEqual({ content: BLOCKS })
  })

  test('a value stays a value, and blocks that say more stand beside it', async () => {
    expect((await ask('both')).result).toMatchObject({
      content: BLOCKS.slice(0, 2),
      structuredContent: { seen: 1 },
    })
    expect((await ask('value')).result).toMatchObject({
      content: [{ type: 'text', text: '{"seen":1}' }],
      structuredContent: { seen: 1 },
    })
  })

  test('no blocks are none, and not a text that says so', async () => {
    const { result } = await ask('nothing')
    expect([result.content, result.structuredContent]).toEqual([[], undefined])
  })

  test('integers keep their digits, in blocks and in the value beside them', async () => {
    const { data } = await ask('large')
    expect(data).toContain(`"_meta":{"id":${BIG}}`)
    expect(data).toContain(`"structuredContent":{"seen":${BIG}}`)
  })

  test('what it says of its error reaches the caller, bounded and without secrets; it costs nothing', async () => {
    const { result } = await ask('fails')
    expect(result.isError).toBe(true)
    const [{ text }] = result.content
    expect(text).toContain('No such city; the key was ***.')
    expect(text).not.toContain(SECRET)
    expect(text.length).toBeLessThan(2_000)
    expect(await rowsOf((tools.fails as TestTool).id)).toMatchObject([{ status: 'error', tokens: 0 }])
  })
})

describe('a client is understood that', () => {
  test.each([
    ['takes whatever comes', { accept: '*/*' }],
    ['says so by halves', { accept: 'application/*, text/*;q=0.5' }],
    [
      'writes media types in its own case',
      { accept: 'Application/JSON, Text/Event-Stream', 'content-type': 'Application/Json' },
    ],
    ['names a charset in its own way', { 'content-type': 'application/json; charset=utf8;' }],
  ])('%s', async (_what, headers) => {
    const { status, result } = await ask('value', headers)
    expect([status, result?.structuredContent]).toEqual([200, { seen: 1 }])
  })

  test.each([[{ arguments: null }], [{}]])('sends %j', async (given) => {
    expect((await ask('value', {}, given)).result.structuredContent).toEqual({ seen: 1 })
  })
})

test('vectors and usage come as they were asked for, whatever the server sends', async () => {
  const upstream = await startModelUpstream()
  try {
    const embeddings = await newModel(`${upstream.url}/normal`, { model: { kind: 'embeddings' } })
    const headers = { 'content-type': 'application/json', 'x-api-key': caller.key }
    const post = (path: string, body: object) =>
      fetch(`${hubUrl()}/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const answer = await post('/embeddings', {
      model: embeddings.slug,
      input: 'a',
      encoding_format: 'base64',
    })
    const { data } = (await answer.json()) as { data: { embedding: string }[] }
    const bytes = Buffer.from(String(data[0]?.embedding), 'base64')
    expect([bytes.length, bytes.readFloatLE(4).toFixed(3)]).toEqual([12, '0.200'])
    const silent = await newModel(`${upstream.url}/silent`)
    const stream = await (
      await post('/responses', { model: silent.slug, input: 'Say it.', stream: true })
    ).text()
    const last = JSON.parse(/^data: (\{"type":"response.completed".*)$/m.exec(stream)?.[1] ?? '{}')
    expect(last.response.usage).toMatchObject({
      input_tokens: expect.any(Number),
      output_tokens: expect.any(Number),
    })
    expect(last.response.usage.output_tokens).toBeGreaterThan(0)
  } finally {
    await upstream.close()
  }
})
