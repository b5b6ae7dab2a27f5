import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { newTool } from '../support/catalogue'
import { type McpUpstream, startMcpUpstream } from '../support/mcp-server'
import { DOORS } from './ask-doors'
import { type Caller, newCaller, newModel, rowsOf } from './setup'

/**
 * Protects against errors whose words do not reach the caller who can mend them, and against streams that are whole and
 * end as errors, or keep their caller waiting: through each interface.
 */
let server: Server
let mcp: McpUpstream
let url: string
let caller: Caller

const chunk = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
const TOO_LONG = JSON.stringify({
  error: {
    message: 'too long by 7',
    code: 'context_length_exceeded',
    param: 'messages',
    type: 'invalid_request_error',
  },
})
const BROKE = JSON.stringify({ error: { message: 'it broke at 10.0.0.9', type: 'server_error' } })
const USAGE = '{"prompt_tokens":20,"completion_tokens":10,"total_tokens":30}'

const native = (type: string, more: object) =>
  `data: ${JSON.stringify({ type, response: { id: 'resp_7', object: 'response', output: [], ...more } })}\n\n`

beforeAll(async () => {
  mcp = await startMcpUpstream()
  server = createServer((request, response) => {
    const [, kind] = (request.url ?? '').split('/')
    if (kind === 'refuses') return void response.writeHead(400).end(TOO_LONG)
    if (kind === 'within') return void response.end(BROKE)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (kind === 'native') {
      response.write(native('response.created', { status: 'in_progress' }))
      return void response.end(
        native('response.failed', { status: 'failed', error: { code: 'server_error', message: 'it broke' } }),
      )
    }
    response.write(chunk({ content: 'Hello.' }))
    if (kind === 'late') return void response.end(`data: ${BROKE}\n\n`)
    if (kind === 'late-long') return void response.end(`data: ${TOO_LONG}\n\n`)
    response.write(chunk({}, 'stop'))
    // Whole, and the connection stays open.
    response.write(
      `data: {"id":"c","object":"chat.completion.chunk","choices":[],"usage":${USAGE}}\n\n: still there\n\n`,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  caller = await newCaller(1_000_000)
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await mcp.close()
})

async function ask(door: string, kind: string, more: Record<string, unknown> = {}) {
  const tool = await newModel(`${url}/${kind}`, { timeout_ms: 20_000, ...more })
  const told = await (DOORS[door] as (typeof DOORS)[string])(tool.slug, caller)
  return { ...told, row: (await rowsOf(tool.id))[0] }
}

test.each(['chat', 'chat as a stream', 'responses', 'responses as a stream'])(
  '%s: a refusal, with its code and field',
  async (door) => {
    const { status, text } = await ask(door, 'refuses')
    expect(status).toBe(400)
    expect(JSON.parse(text).error).toEqual({
      message: 'too long by 7',
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    })
  },
)

test.each(['chat', 'responses'])(
  '%s: an error within an answer of status 200 is free, and told',
  async (door) => {
    const { status, text, row } = await ask(door, 'within')
    expect(status).toBe(502)
    expect(JSON.parse(text).error.message).toContain('The provider said: it broke at ***')
    expect(row).toMatchObject({ status: 'error', tokens: 0 })
  },
)

test('late in the stream of a chat', async () => {
  expect((await ask('chat as a stream', 'late')).text).toContain('The provider said: it broke at ***')
  const { text } = await ask('chat as a stream', 'late-long')
  expect(text).toContain('The provider said: too long by 7')
  expect(text).toContain('"param":"messages","code":"context_length_exceeded"')
  expect(text).not.toContain('[DONE]')
})

test('late in the stream of a response, in its own shape', async () => {
  const { text } = await ask('responses as a stream', 'late-long')
  const last = JSON.parse(text.trim().split('\n').at(-1)?.slice(6) ?? '')
  expect(last).toMatchObject({
    type: 'response.failed',
    response: {
      status: 'failed',
      error: { code: 'context_length_exceeded', message: expect.stringContaining('too long by 7') },
    },
  })
  const { text: own, row } = await ask('responses as a stream', 'native', {
    model: { speaks_responses: true },
  })
  expect(JSON.parse(own.trim().split('\n').at(-1)?.slice(6) ?? '')).toMatchObject({
    type: 'response.failed',
    response: { id: 'resp_7', status: 'failed', error: { message: expect.stringContaining('it broke') } },
  })
  expect(row).toMatchObject({ status: 'error', tokens: 0 })
})

test('elsewhere its words are not told', async () => {
  for (const door of ['invoke', 'invoke as a stream', 'graphql', 'mcp'])
    expect((await ask(door, 'refuses')).text).not.toContain('too long')
})

test('what a remote MCP tool says of its error reaches its callers', async () => {
  const tool = await newTool(`${mcp.url}/mcp`, { retries: 0, adapter: 'mcp', remote_tool: 'fail' })
  const { text } = await (DOORS.mcp as (typeof DOORS)[string])(tool.slug, caller)
  expect(text).toContain('The tool said: it broke')
  expect((await (DOORS.invoke as (typeof DOORS)[string])(tool.slug, caller)).text).toContain('it broke')
})

test.each(['invoke as a stream', 'chat as a stream', 'responses as a stream'])(
  '%s: whole, then silence: charged as reported',
  async (door) => {
    const startedAt = performance.now()
    const { row, code } = await ask(door, 'silent')
    expect(row).toMatchObject({ status: 'success', source: 'reported', input_tokens: 20, output_tokens: 10 })
    expect(code).toBeNull()
    expect(performance.now() - startedAt).toBeLessThan(15_000)
  },
)
