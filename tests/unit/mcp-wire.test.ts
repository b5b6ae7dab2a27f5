import { beforeAll, describe, expect, test } from '@jest/globals'
import { parseJson, toJson } from '../../src/exact-json'
import { mcpAdapter } from '../../src/tools/adapters/mcp'
import type { ToolInput } from '../../src/tools/tool'
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

/** A server that shakes hands by the older revision, and answers the call with this result. */
function serve(result: string, { type = 'application/json', wrap = (text: string) => text } = {}): void {
  upstream.answer(({ body }) => {
    const { id, method } = (body === '' ? { method: '' } : JSON.parse(body)) as Message
    if (id === undefined) return { status: 202, chunks: [] }
    const answer = (inner: string) => `{"jsonrpc":"2.0","id":${JSON.stringify(id)},${inner}}`
    const headers = { 'content-type': type }
    if (method === 'tools/call') return { headers, chunks: [wrap(answer(`"result":${result}`))] }
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
