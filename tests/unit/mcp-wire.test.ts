import { beforeAll, describe, expect, test } from '@jest/globals'
import { mcpAdapter } from '../../src/domain/tools/adapters/mcp'
import type { ToolInput } from '../../src/domain/tools/tool'
import { parseJson, toJson } from '../../src/platform/kernel/exact-json'
import { InProcessUpstream } from '../support/in-process-upstream'
import { aTool, useSettings } from '../tools/fixture'

/**
 * Protects against servers of MCP whose answers are legal and not read: streams that end without a blank line, media
 * types in capitals, integers beyond a double. And against errors of theirs whose words are lost.
 */
let upstream: InProcessUpstream

beforeAll(() => {
  useSettings()
  upstream = new InProcessUpstream().install()
})

const BIG = '12345678901234567890'
type Message = { id?: number | string; method: string }

const MODERN = {
  resultType: 'complete',
  supportedVersions: ['2026-07-28'],
  capabilities: { tools: {} },
  ttlMs: 0,
  cacheScope: 'private',
}
const AS_JSON = { type: 'application/json', wrap: (text: string) => text, isModern: false }

/** A server that shakes hands by an older revision, unless it is modern, and answers the call with this result. */
function serve(result: string, how: Partial<typeof AS_JSON> = {}): void {
  const { type, wrap, isModern } = { ...AS_JSON, ...how }
  upstream.answer(({ body }) => {
    const { id, method } = (body === '' ? { method: '' } : JSON.parse(body)) as Message
    if (id === undefined) return { status: 202, chunks: [] }
    const answer = (inner: string) => `{"jsonrpc":"2.0","id":${JSON.stringify(id)},${inner}}`
    const headers = { 'content-type': type }
    if (method === 'tools/call') return { headers, chunks: [wrap(answer(`"result":${result}`))] }
    if (isModern) return { headers, chunks: [answer(`"result":${JSON.stringify(MODERN)}`)] }
    if (method === 'initialize') {
      const about = {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'x', version: '1' },
      }
      return { headers, chunks: [wrap(answer(`"result":${JSON.stringify(about)}`))] }
    }
    return { headers, chunks: [wrap(answer('"error":{"code":-32601,"message":"no such method"}'))] }
  })
}

const tool = () => aTool({ adapter: 'mcp', endpoint: 'https://mcp.example/mcp', remoteTool: 'add' })
const call = (input: ToolInput = { a: 1 }) =>
  mcpAdapter.invoke(tool(), input, { requestId: 'r', timeoutMs: 5_000 })

const RESULT = `{"content":[{"type":"text","text":"${BIG}"}],"structuredContent":{"id":${BIG},"n":1}}`

describe.each([
  ['JSON', {}],
  ['JSON, its media type in capitals', { type: 'Application/JSON; Charset=UTF-8' }],
  ['a stream', { type: 'text/event-stream', wrap: (text: string) => `event: message\ndata: ${text}\n\n` }],
  [
    'a stream, its media type in capitals',
    { type: 'Text/Event-Stream', wrap: (text: string) => `data:\n\ndata: ${text}\n\n` },
  ],
  [
    'a stream without its last blank line',
    { type: 'text/event-stream', wrap: (text: string) => `: hi\n\ndata: ${text}` },
  ],
  [
    'a stream of batches',
    {
      type: 'text/event-stream',
      wrap: (text: string) => `data: [{"jsonrpc":"2.0","method":"notifications/message"},${text}]\n\n`,
    },
  ],
  ['a stream of CRs', { type: 'text/event-stream', wrap: (text: string) => `\uFEFFdata: ${text}\r\r` }],
])('%s', (_what, how) => {
  test('is read, and integers keep their digits in both directions', async () => {
    serve(RESULT, how)
    const answer = await call(parseJson(`{"id":${BIG},"n":[${BIG}]}`) as ToolInput)
    expect(answer).toMatchObject({ ok: true })
    expect(toJson(answer.ok && answer.output)).toBe(`{"id":${BIG},"n":1}`)
    const sent = upstream.sent.findLast(({ body }) => body.includes('tools/call'))?.body
    expect(sent).toContain(`"arguments":{"id":${BIG},"n":[${BIG}]}`)
  })
})

test.each([
  [
    'blocks beside a value',
    '"structuredContent":{"n":1}',
    `{"n":1,"content":[{"type":"image","data":"AA==",`,
  ],
  ['blocks alone', '"isError":false', '{"content":[{"type":"image","data":"AA==",'],
])('integers keep their digits in %s', async (_what, more, begin) => {
  const block = `{"type":"image","data":"AA==","mimeType":"image/png","_meta":{"id":${BIG}}}`
  serve(`{"content":[${block}],${more}}`)
  const answer = await call()
  expect(toJson(answer.ok && answer.output)).toBe(`${begin}"mimeType":"image/png","_meta":{"id":${BIG}}}]}`)
})

test.each([BIG, `[1,${BIG}]`, '"text"', 'null', 'false'])(
  'a value that is no object, as the newest revision allows, is not lost: %s',
  async (value) => {
    serve(`{"content":[{"type":"text","text":"so"}],"structuredContent":${value},"resultType":"complete"}`, {
      isModern: true,
    })
    const answer = await call()
    expect(toJson(answer.ok && answer.output)).toBe(`{"result":${value}}`)
  },
)

test('an error of the tool: what it said, bounded and without addresses', async () => {
  const text = `no row 7 at 10.0.0.8:5432 ${'x'.repeat(2_000)}`
  serve(JSON.stringify({ isError: true, content: [{ type: 'text', text }] }))
  const answer = await call()
  expect(answer).toMatchObject({
    ok: false,
    code: 'TOOL_BAD_RESPONSE',
    toolSaid: expect.stringMatching(/^no row 7 at \*\*\* x+…$/),
  })
  expect(answer.ok ? '' : answer.toolSaid).toHaveLength(500)
})
