/**
 * Faults of this kind: an upstream answers JSON that is nested so deep that whoever walks through it (or writes it as
 * text) runs out of stack. Thrown after admission, that left calls pending for good, with their tokens held.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { adminSession, newTool } from '../support/catalogue'
import { call } from '../support/client'
import { startDeepUpstream } from '../support/deep-upstream'
import { DOORS } from './ask-doors'
import { balanceOf, type Caller, newCaller, newModel, rowsOf } from './setup'

let upstream: Awaited<ReturnType<typeof startDeepUpstream>>
let caller: Caller

beforeAll(async () => {
  upstream = await startDeepUpstream()
  caller = await newCaller(100_000_000)
})

afterAll(() => upstream.close())

const ask = (door: string) => DOORS[door] as (typeof DOORS)[string]

describe.each(['openai', 'anthropic', 'google'])('a model by the adapter %s', (adapter) => {
  const speaks = { model: { speaks_responses: adapter === 'openai' } }

  test.each(Object.keys(DOORS))('%s: the call is settled, nothing stays held', async (door) => {
    const isEmbeddings = door === 'embeddings'
    if (isEmbeddings && adapter !== 'openai') return
    const more = isEmbeddings ? { model: { kind: 'embeddings' } } : speaks
    const tool = await newModel(`${upstream.url}/v1`, { adapter, timeout_ms: 10_000, ...more })
    const told = await ask(door)(tool.slug, caller)
    expect(told.code).not.toBe('internal')
    expect(told.status).not.toBe(500)
    // Anthropic's and Google's calls of functions are made text by their libraries, which may manage.
    const [row] = await rowsOf(tool.id)
    if (adapter === 'openai') expect(row).toMatchObject({ status: 'error', error_code: 'TOOL_BAD_RESPONSE' })
    expect((await balanceOf(caller)).held).toBe(0)
  })
})

describe.each([
  ['http', '', {}],
  ['mcp', '/mcp', { adapter: 'mcp', remote_tool: 'deep' }],
])('a tool by the adapter %s', (_adapter, path, more) => {
  test.each(['invoke', 'invoke as a stream', 'mcp', 'graphql'])(
    '%s: settled, free, nothing held',
    async (door) => {
      const tool = await newTool(`${upstream.url}${path}`, {
        retries: 0,
        timeout_ms: 10_000,
        ...more,
      })
      const told = await ask(door)(tool.slug, caller)
      expect(told.code).toBe('tool_bad_response')
      expect(await rowsOf(tool.id)).toMatchObject([
        { status: 'error', error_code: 'TOOL_BAD_RESPONSE', tokens: 0 },
      ])
      expect((await balanceOf(caller)).held).toBe(0)
    },
  )
})

test('tools of an MCP server that describe themselves so are refused by name', async () => {
  const { token } = await adminSession()
  const body = { api_endpoint: `${upstream.url}/mcp` }
  const answer = await call('POST', '/admin/mcp/tools', { token, body })
  expect([answer.status, answer.error?.code]).toEqual([502, 'TOOL_BAD_RESPONSE'])
})
