import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { pricedFaults } from '../../src/domain/models/priced-faults'
import { PRICED_OPTIONS } from '../../src/domain/tools/priced-options'
import { adminSession, newTool, type TestTool } from '../support/catalogue'
import { call } from '../support/client'
import {
  chatAnswer,
  chatEvents,
  type PlannedUpstream,
  startPlannedUpstream,
} from '../support/planned-upstream'
import { hubUrl } from '../support/run'
import { askDoor, type Caller, newCaller, newModel } from './setup'

/**
 * Options that cost more at the provider than their tokens say, set by callers who are charged for tokens alone: they are
 * refused by name at every interface, unless the tool opens them.
 */
let upstream: PlannedUpstream
let caller: Caller
let closed: TestTool
let native: TestTool
let open: TestTool

const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 }
const at = () => upstream.at({ answer: chatAnswer('Yes.', usage), events: chatEvents('Yes.', usage) })

beforeAll(async () => {
  upstream = await startPlannedUpstream()
  caller = await newCaller(10_000_000)
  closed = await newModel(at())
  const response = { id: 'r', object: 'response', status: 'completed', output: [], usage }
  const speaking = upstream.at({ answer: response, events: [{ type: 'response.completed', response }] })
  native = await newModel(speaking, { model: { speaks_responses: true } })
  open = await newModel(at(), { model: { open_options: PRICED_OPTIONS.map(({ name }) => name) } })
})

afterAll(() => upstream.close())

const messages = [{ role: 'user', content: 'Say something.' }]
const refusedAt = async (path: string, body: object) => {
  const answer = await askDoor(path, caller.key, body)
  const { error } = (await answer.json()) as { error?: { param: string; type: string; message: string } }
  return { status: answer.status, type: error?.type, param: error?.param, message: error?.message }
}

/** What is sent beside a usual body, the field at fault and the option that an admin would open. */
const PRICED: [object, string, string][] = [
  [{ service_tier: 'priority' }, 'service_tier', 'service_tier'],
  [{ service_tier: 'PRIORITY' }, 'service_tier', 'service_tier'],
  [{ serviceTier: 'priority' }, 'serviceTier', 'service_tier'],
  [{ SERVICE_TIER: ['priority'] }, 'SERVICE_TIER', 'service_tier'],
  [{ web_search_options: {} }, 'web_search_options', 'web_search_options'],
  [{ enable_search: true }, 'enable_search', 'web_search_options'],
  [{ search_parameters: { mode: 'auto' } }, 'search_parameters', 'web_search_options'],
  [{ plugins: [{ id: 'web' }] }, 'plugins', 'plugins'],
  [{ provider: { order: ['dear'] } }, 'provider', 'provider'],
  [{ providerOptions: { gateway: { only: ['dear'] } } }, 'providerOptions', 'provider'],
  [{ best_of: 5 }, 'best_of', 'best_of'],
  [{ candidateCount: 3 }, 'candidateCount', 'best_of'],
  [{ prediction: { type: 'content', content: 'x' } }, 'prediction', 'prediction'],
  [{ speed: 'fast' }, 'speed', 'speed'],
  [{ inference_geo: 'us' }, 'inference_geo', 'inference_geo'],
  [{ priority: 100 }, 'priority', 'priority'],
  [{ modalities: ['text', 'audio'] }, 'modalities', 'modalities'],
  [{ audio: { voice: 'alloy', format: 'wav' } }, 'audio', 'modalities'],
  [{ extra_headers: { 'anthropic-beta': 'context-1m' } }, 'extra_headers', 'extra_headers'],
  [{ mcp_servers: [{ type: 'url', url: 'https://example.org' }] }, 'mcp_servers', 'mcp'],
  [{ extra_body: { google: { service_tier: 'x' } } }, 'extra_body.google.service_tier', 'service_tier'],
  [{ extra_body: { google: { tools: [{ googleSearch: {} }] } } }, 'extra_body.google.tools[0]', 'web_search'],
]

const TOOLS: [object, string][] = [
  [{ type: 'web_search' }, 'web_search'],
  [{ type: 'web_search_preview_2025_03_11' }, 'web_search'],
  [{ type: 'web_search_20250305', name: 'web_search' }, 'web_search'],
  [{ type: 'Web_Search' }, 'web_search'],
  [{ type: 'openrouter:web_search' }, 'web_search'],
  [{ google_search: {} }, 'web_search'],
  [{ urlContext: {} }, 'web_search'],
  [{ type: 'function', function: { name: 'x' }, google_search: {} }, 'web_search'],
  [{ type: 'file_search', filters: null }, 'file_search'],
  [{ type: 'code_interpreter', container: { type: 'auto' } }, 'code_interpreter'],
  [{ codeExecution: {} }, 'code_interpreter'],
  [{ type: 'computer_use_preview', display_width: 1 }, 'computer_use'],
  [{ type: 'image_generation' }, 'image_generation'],
  [{ type: 'mcp', server_label: 'x', server_url: 'https://example.org' }, 'mcp'],
  [{ type: 'something_new' }, 'other_tools'],
  [{ type: 'namespace', name: 'x', tools: [{ type: 'web_search' }] }, 'web_search'],
]

describe('what costs more is refused by name', () => {
  test.each(PRICED)('in a chat, unless the tool opens it: %j', async (more, param, option) => {
    const asked = { messages, ...more }
    expect(await refusedAt('/chat/completions', { model: closed.slug, ...asked })).toEqual({
      status: 400,
      type: 'invalid_request_error',
      param,
      message: expect.stringContaining(option),
    })
    expect((await refusedAt('/chat/completions', { model: open.slug, ...asked })).status).toBe(200)
  })

  test.each(TOOLS)('as a hosted tool: %j', async (tool, option) => {
    const names = new RegExp(` ${option}\\.?$`)
    const chat = { model: closed.slug, messages, tools: [tool] }
    expect(await refusedAt('/chat/completions', chat)).toMatchObject({
      status: 400,
      param: expect.stringMatching(/^tools\[0\]/),
      message: expect.stringMatching(names),
    })
    const response = { model: native.slug, input: 'x', tools: [tool] }
    expect(await refusedAt('/responses', response)).toMatchObject({ status: 400 })
    const item = { model: native.slug, input: [{ type: 'tool_search_output', tools: [tool] }] }
    expect(await refusedAt('/responses', item)).toMatchObject({ status: 400 })
    expect((await refusedAt('/chat/completions', { ...chat, model: open.slug })).status).toBe(200)
  })

  test.each(['closed', 'native'])(
    'at /v1/responses, translated or not, also as a stream: %s',
    async (which) => {
      const tool = which === 'native' ? native : closed
      for (const stream of [false, true])
        expect(
          await refusedAt('/responses', { model: tool.slug, input: 'x', service_tier: 'priority', stream }),
        ).toMatchObject({ status: 400, param: 'service_tier' })
      const plugins = { model: tool.slug, input: 'x', plugins: [{ id: 'web' }] }
      expect(await refusedAt('/responses', plugins)).toMatchObject({ status: 400, param: 'plugins' })
    },
  )

  test('for embeddings', async () => {
    const tool = await newModel(at(), { model: { kind: 'embeddings' } })
    const body = { model: tool.slug, input: 'x', provider: { only: ['dear'] } }
    expect(await refusedAt('/embeddings', body)).toMatchObject({ status: 400, param: 'provider' })
  })

  test('by an invocation, its stream, GraphQL and MCP', async () => {
    const input = { prompt: 'x', service_tier: 'priority' }
    for (const accept of ['application/json', 'text/event-stream']) {
      const sent = { token: caller.token, body: { input }, headers: { accept } }
      const { status, error } = await call('POST', `/tools/${closed.slug}/invoke`, sent)
      expect([status, error?.details[0]?.field]).toEqual([400, 'input.service_tier'])
    }
    const ask = async (path: string, headers: Record<string, string>, body: object) => {
      const sent = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
      const init = { method: 'POST', headers: { ...sent, ...headers }, body: JSON.stringify(body) }
      return (await fetch(`${hubUrl()}${path}`, init)).text()
    }
    const query =
      'mutation ($tool: String!, $input: JSON!) { invokeTool(tool: $tool, input: $input) { output } }'
    const variables = { tool: closed.slug, input }
    expect(await ask('/api/graphql', { 'x-api-key': caller.key }, { query, variables })).toContain(
      'input.service_tier',
    )
    const rpc = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: closed.slug, arguments: input },
    }
    expect(await ask('/mcp', { authorization: `Bearer ${caller.key}` }, rpc)).toContain('service_tier')
    const { api_endpoint: address } = closed as TestTool & { api_endpoint: string }
    expect(upstream.seen(address).filter((text) => text.includes('service_tier'))).toEqual([])
  })
})

test.each([
  { service_tier: null },
  { service_tier: 'auto' },
  { service_tier: 'default' },
  { best_of: 1 },
  { priority: 0 },
  { enable_search: false },
  { search_parameters: { mode: 'off' } },
  { plugins: [] },
  { provider: {} },
  { modalities: ['text'] },
  { inference_geo: 'global' },
  { transforms: ['middle-out'], top_k: 3, verbosity: 'low', session_id: 'x', thinking: { type: 'disabled' } },
  { tools: [{ type: 'function', function: { name: 'web_search', parameters: { type: 'object' } } }] },
  { tools: [{ name: 'x', input_schema: { type: 'object', properties: { service_tier: {} } } }] },
  { tools: [{ type: 'custom', name: 'x' }, { type: 'local_shell' }] },
  { metadata: { service_tier: 'priority' } },
])('what costs nothing more passes as it came: %j', async (more) => {
  const answer = await refusedAt('/chat/completions', { model: closed.slug, messages, ...more })
  expect(answer).toMatchObject({ status: 200 })
  const { api_endpoint: address } = closed as TestTool & { api_endpoint: string }
  // Metadata is not sent on, whatever it says.
  const { metadata: _none, ...sent } = more as Record<string, unknown>
  expect(JSON.parse(upstream.seen(address).at(-1) ?? '')).toMatchObject(sent)
})

test('tools within tools are looked through, and no depth of them does harm', () => {
  let tool: Record<string, unknown> = { type: 'web_search' }
  for (let depth = 0; depth < 100_000; depth += 1) tool = { type: 'namespace', tools: [tool] }
  expect(pricedFaults({ tools: [tool] }, [])).toHaveLength(1)
})

test('an admin opens options of the list, and reads them again', async () => {
  const { token } = await adminSession()
  const change = (body: object) => call('PATCH', `/admin/tools/${closed.id}`, { token, body })
  const wrong = await change({ model: { name: 'the-model', open_options: ['anything'] } })
  expect(wrong.status).toBe(400)
  const tool = await newTool(at(), {
    adapter: 'openai',
    model: { name: 'x', open_options: ['plugins'], context_window: 128_000 },
  })
  const patched = await call<{ model: object }>('PATCH', `/admin/tools/${tool.id}`, {
    token,
    body: { model: { name: 'y' } },
  })
  expect(patched.data.model).toMatchObject({ open_options: ['plugins'], context_window: 128_000 })
  const emptied = { model: { name: 'y', open_options: [], context_window: null } }
  const again = await call<{ model: object }>('PATCH', `/admin/tools/${tool.id}`, { token, body: emptied })
  expect(again.data.model).toMatchObject({ open_options: [], context_window: 1_000_000 })
})
