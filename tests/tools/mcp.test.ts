import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { Server as EarlierServer } from '@modelcontextprotocol/sdk/server/index.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { CallToolRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { createMcpHandler, Server } from '@modelcontextprotocol/server'
import { callTool } from '../../src/domain/tools/call-tool'
import { encryptSecret, keepSealedSecrets } from '../../src/domain/tools/secrets'
import type { Tool } from '../../src/domain/tools/tool'
import { closeToolAgent } from '../../src/platform/outbound/agent'
import { aTool, json, SECRET, startUpstream, type Upstream, useSettings } from './fixture'

/** What a remote MCP server may do to the hub, and what it may learn of it: servers of both kinds, and one that misbehaves. */
let upstream: Upstream
const requestId = '0199aaaa-0000-7000-8000-000000000001'
const here = (given: Partial<Tool> = {}) =>
  aTool({ adapter: 'mcp', remoteTool: 'echo', endpoint: upstream.url, timeoutMs: 10_000, ...given })
const call = (tool: Tool, input: Record<string, unknown> = { text: 'hello' }, signal?: AbortSignal) =>
  callTool(tool, input, { callerId: 'u', requestId, signal })

beforeAll(async () => {
  upstream = await startUpstream()
})
beforeEach(() => useSettings())
afterEach(() => closeToolAgent())
afterAll(() => upstream.stop())

const METHODS = () => upstream.seen.map(({ method, body }) => (body ? JSON.parse(body).method : method))
const echo = (input: unknown) => ({ content: [], structuredContent: { echo: input } })

/** A server of the present revision, as the official SDK makes one. */
function present(
  response: ServerResponse,
  seen: { headers: IncomingMessage['headers']; body: string },
): void {
  const handler = createMcpHandler(() => {
    const server = new Server({ name: 'tests', version: '1.0.0' }, { capabilities: { tools: {} } })
    server.setRequestHandler('tools/call', async ({ params }) => echo(params.arguments))
    return server
  })
  const headers = Object.entries(seen.headers).map(([name, value]): [string, string] => [name, String(value)])
  const request = new Request('http://tests/mcp', { method: 'POST', headers, body: seen.body })
  void handler.fetch(request).then(async (answer) => {
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
  })
}

describe('a server of the present revision', () => {
  test('is asked once what it speaks, then called by one request each time', async () => {
    upstream.answer(present)
    const tool = here()
    expect(await call(tool)).toEqual({ ok: true, output: { echo: { text: 'hello' } } })
    expect(METHODS()).toEqual(['server/discover', 'tools/call'])
    expect(await call(tool, { n: 2 })).toEqual({ ok: true, output: { echo: { n: 2 } } })
    expect(METHODS()).toEqual(['server/discover', 'tools/call', 'tools/call'])
  })

  test("learns the tool's headers, its secrets and the request id; of the caller nothing else", async () => {
    upstream.answer(present)
    const tool = here({ headers: { 'X-Team': 'a', Accept: 'text/html' }, secretNames: ['Authorization'] })
    keepSealedSecrets(tool, [
      encryptSecret(tool.id, 'Authorization', 'Bearer planted', SECRET, new URL(tool.endpoint ?? '').origin),
    ])
    await callTool(tool, {}, { callerId: 'u', requestId, idempotencyKey: 'once' })
    for (const { headers } of upstream.seen) {
      expect(headers).toMatchObject({
        'x-team': 'a',
        authorization: 'Bearer planted',
        'x-request-id': requestId,
      })
      expect(headers['idempotency-key']).toBeUndefined()
      expect(headers.accept).not.toContain('text/html')
    }
  })
})

/** A server of the revisions before, which begins with a handshake and keeps a session. */
test('a session is begun, used and ended', async () => {
  const ended: unknown[] = []
  const transports = new Map<string, StreamableHTTPServerTransport>()
  const http = createServer((request, response) => {
    void (async () => {
      const id = request.headers['mcp-session-id']
      const known = typeof id === 'string' ? transports.get(id) : undefined
      if (request.method === 'DELETE') ended.push(id)
      if (known) return known.handleRequest(request, response)
      const transport = new StreamableHTTPServerTransport({
        sessionIdGenerator: () => crypto.randomUUID(),
        onsessioninitialized: (made) => void transports.set(made, transport),
      })
      const server = new EarlierServer({ name: 'tests', version: '1.0.0' }, { capabilities: { tools: {} } })
      server.setRequestHandler(CallToolRequestSchema, async ({ params }) => echo(params.arguments))
      await server.connect(transport as unknown as Parameters<typeof server.connect>[0])
      return transport.handleRequest(request, response)
    })()
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const tool = here({ endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp` })
  for (const n of [1, 2]) expect(await call(tool, { n })).toEqual({ ok: true, output: { echo: { n } } })
  await closeToolAgent()
  expect(ended.sort()).toEqual([...transports.keys()].sort())
  expect(ended).toHaveLength(2)
  http.closeAllConnections()
  await new Promise((resolve) => http.close(resolve))
})

type Misbehave = (response: ServerResponse, id: unknown) => void

/** A server that answers the handshake well and the call itself as it is told. */
const onCall = (how: Misbehave) =>
  upstream.answer((response, { body }) => {
    const { id, method } = JSON.parse(body || '{}')
    const result = (value: object) => json(response, 200, { jsonrpc: '2.0', id, result: value })
    if (method === 'tools/call') return how(response, id)
    if (method === 'server/discover') return json(response, 400, { error: 'what is this?' })
    if (method !== 'initialize') return void response.writeHead(202).end()
    result({
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'x', version: '1' },
    })
  })
const result = (id: unknown, value: unknown) => ({ jsonrpc: '2.0', id, result: value })
const stream = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' })

describe('whatever it does, the call ends, and nothing of what it said is in the log', () => {
  test.each<[string, Misbehave, string]>([
    [
      'no JSON',
      (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{planted'),
      'TOOL_BAD_RESPONSE',
    ],
    [
      'a page',
      (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('planted'),
      'TOOL_BAD_RESPONSE',
    ],
    [
      'a result of another shape',
      (response, id) => json(response, 200, result(id, { content: 'planted' })),
      'TOOL_BAD_RESPONSE',
    ],
    [
      'an error of the protocol',
      (response, id) =>
        json(response, 200, { jsonrpc: '2.0', id, error: { code: -32000, message: 'planted' } }),
      'TOOL_BAD_RESPONSE',
    ],
    [
      'an error of the tool',
      (response, id) =>
        json(response, 200, result(id, { isError: true, content: [{ type: 'text', text: 'planted' }] })),
      'TOOL_BAD_RESPONSE',
    ],
    [
      'a question back',
      (response, id) => json(response, 200, result(id, { resultType: 'input_required', inputRequests: {} })),
      'TOOL_BAD_RESPONSE',
    ],
    ['401', (response) => json(response, 401, { error: 'planted' }), 'TOOL_BAD_RESPONSE'],
    ['500', (response) => json(response, 500, { error: 'planted' }), 'TOOL_BAD_RESPONSE'],
    ['503', (response) => json(response, 503, { error: 'planted' }), 'TOOL_UNAVAILABLE'],
    [
      'a redirect',
      (response) => void response.writeHead(307, { location: `${upstream.url}/planted` }).end(),
      'TOOL_BAD_RESPONSE',
    ],
    ['a connection that is cut', (response) => void response.destroy(), 'TOOL_UNAVAILABLE'],
    [
      'a stream that ends without a result',
      (response) => void stream(response).end(': planted\n\n'),
      'TOOL_UNAVAILABLE',
    ],
    [
      'a stream that is cut',
      (response) => void stream(response).write('data: {"planted', () => response.destroy()),
      'TOOL_UNAVAILABLE',
    ],
    [
      'a stream that names events and ends',
      (response) => void stream(response).end('id: 1\ndata:\n\n'),
      'TOOL_UNAVAILABLE',
    ],
    [
      'an answer without end',
      (response) => endless(response, 'application/json', '{"planted":"'),
      'TOOL_BAD_RESPONSE',
    ],
    ['a stream without end', (response) => endless(response, 'text/event-stream', ''), 'TOOL_BAD_RESPONSE'],
    [
      'an answer that is nested without end',
      (response, id) => json(response, 200, result(id, { content: [], structuredContent: nested(100) })),
      'TOOL_BAD_RESPONSE',
    ],
  ])('%s', async (_what, how, code) => {
    onCall(how)
    const answer = await call(here())
    expect(answer).toMatchObject({ ok: false, code })
    // What a tool says of its error is its caller's to read.
    expect(JSON.stringify({ ...answer, toolSaid: undefined })).not.toContain('planted')
    expect(METHODS().filter((method) => method === 'tools/call')).toHaveLength(1)
    expect(METHODS()).not.toContain('GET')
  })

  test('silence ends with its time, and a caller who leaves ends it at once', async () => {
    onCall(() => undefined)
    expect(await call(here({ timeoutMs: 1_500 }))).toMatchObject({
      ok: false,
      code: 'TOOL_TIMEOUT',
      health: 'ambiguous',
    })
    const controller = new AbortController()
    onCall(() => controller.abort())
    const answer = await call(here({ timeoutMs: 60_000 }), {}, controller.signal)
    expect(answer).toMatchObject({ ok: false, code: 'TOOL_UNAVAILABLE', health: 'unknown' })
  })

  test('what is down is tried again as often as the tool says, and then its breaker opens', async () => {
    onCall((response) => json(response, 503, {}))
    const tool = here({ retries: 1 })
    for (let at = 0; at < 5; at += 1) expect(await call(tool)).toMatchObject({ code: 'TOOL_UNAVAILABLE' })
    const calls = () => METHODS().filter((method) => method === 'tools/call').length
    expect(calls()).toBe(10)
    expect(await call(tool)).toMatchObject({ code: 'TOOL_UNAVAILABLE', retryAfterMs: expect.any(Number) })
    expect(calls()).toBe(10)
  })

  test('an address that may not be called is not called', async () => {
    upstream.answer(present)
    useSettings({ production: true })
    expect(await call(here())).toMatchObject({ code: 'TOOL_UNAVAILABLE', health: 'unknown' })
    expect(upstream.seen).toHaveLength(0)
  })
})

function endless(response: ServerResponse, type: string, start: string): void {
  response.writeHead(200, { 'content-type': type })
  response.write(start)
  const chunk = type === 'application/json' ? 'x'.repeat(65_536) : `: ${'x'.repeat(65_533)}\n`
  const more = () => {
    while (!response.destroyed && response.write(chunk)) undefined
  }
  response.on('drain', more).on('error', () => undefined)
  more()
}

function nested(depth: number): Record<string, unknown> {
  return depth === 0 ? {} : { a: nested(depth - 1) }
}
