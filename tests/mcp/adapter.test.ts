import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { balanceOf, type Caller, newCaller, rowsOf } from '../models/setup'
import { newTool } from '../support/catalogue'
import { call } from '../support/client'
import { type McpUpstream, startMcpUpstream } from '../support/mcp-server'

let upstream: McpUpstream
let caller: Caller

beforeAll(async () => {
  upstream = await startMcpUpstream()
  caller = await newCaller()
})

afterAll(() => upstream.close())

const remote = (remote_tool: string, more: object = {}) =>
  newTool(`${upstream.url}/mcp`, { adapter: 'mcp', remote_tool, retries: 0, ...more })

const invoke = (tool: { slug: string }, input: object = {}) =>
  call<{ output: object; tokens_used: number }>('POST', `/tools/${tool.slug}/invoke`, {
    token: caller.token,
    body: { input },
  })

describe('a tool of a remote MCP server', () => {
  test('is called as any other; its structured content is the output, what it reports is charged', async () => {
    const tool = await remote('add', { headers: { 'X-Api-Key': 'mcp-secret' } })
    const answer = await invoke(tool, { a: 2, b: 3 })
    expect(answer.data).toMatchObject({ output: { sum: 5 }, tokens_used: 9 })
    const seen = upstream.headers().at(-1)
    expect(seen).toMatchObject({
      'x-api-key': 'mcp-secret',
      'x-request-id': answer.headers.get('x-request-id'),
    })
    expect(JSON.stringify(seen)).not.toContain(caller.token)
    expect(await rowsOf(tool.id)).toMatchObject([{ status: 'success', tokens: 9 }])
  })

  test('without structured content its blocks are the output, and are counted', async () => {
    const tool = await remote('say')
    const answer = await invoke(tool)
    expect(answer.data.output).toEqual({ content: [{ type: 'text', text: 'hello' }] })
    expect(await rowsOf(tool.id)).toMatchObject([{ status: 'success', source: 'counted' }])
  })

  test.each([
    ['a result that is an error', 'fail', '/mcp', 502, 'TOOL_BAD_RESPONSE', 'error'],
    ['a server that is down', 'add', '/shut', 503, 'TOOL_UNAVAILABLE', 'error'],
    ['one that takes too long', 'slow', '/mcp', 504, 'TOOL_TIMEOUT', 'timeout'],
  ])('%s costs nothing', async (_what, name, path, status, code, logged) => {
    const tool = await newTool(`${upstream.url}${path}`, {
      adapter: 'mcp',
      remote_tool: name,
      retries: 0,
      timeout_ms: name === 'slow' ? 1_500 : 30_000,
    })
    const answer = await invoke(tool)
    expect([answer.status, answer.error?.code]).toEqual([status, code])
    expect(await rowsOf(tool.id)).toMatchObject([{ status: logged, tokens: 0, error_code: code }])
    expect((await balanceOf(caller)).held).toBe(0)
  })

  test('nobody listens there', async () => {
    const tool = await newTool('http://127.0.0.1:9/mcp', { adapter: 'mcp', remote_tool: 'add', retries: 0 })
    expect((await invoke(tool)).status).toBe(503)
  })

  test('needs the name that it has there', async () => {
    await expect(newTool(`${upstream.url}/mcp`, { adapter: 'mcp' })).rejects.toThrow(/remote_tool/)
  })
})
