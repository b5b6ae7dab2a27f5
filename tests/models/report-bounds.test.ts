import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { boundUsage } from '../../src/domain/models/bounds'
import { readUsage } from '../../src/domain/models/usage'
import { newTool, type TestTool } from '../support/catalogue'
import { call } from '../support/client'
import {
  chatAnswer,
  chatEvents,
  type PlannedUpstream,
  startPlannedUpstream,
} from '../support/planned-upstream'
import { askDoor, balanceOf, type Caller, newCaller, newModel, rowsOf } from './setup'

/**
 * Reports that cannot be true: an upstream that reports more than a call can have taken (by a fault, or because somebody
 * took it over) would empty the period of each of its callers.
 */
let upstream: PlannedUpstream
let caller: Caller

beforeAll(async () => {
  upstream = await startPlannedUpstream()
  caller = await newCaller(10_000_000_000)
})

afterAll(() => upstream.close())

const HUGE = { prompt_tokens: 1e9, completion_tokens: 1e9, total_tokens: 2e9 }
const messages = [{ role: 'user', content: 'Say something.' }]
const modelOf = (usage: unknown, more: Record<string, unknown> = {}) =>
  newModel(upstream.at({ answer: chatAnswer('Yes.', usage), events: chatEvents('Yes.', usage) }), {
    ...more,
    model: { max_output_tokens: 2_000, ...(more.model as object) },
  })
const bytesTo = (tool: TestTool) =>
  Buffer.byteLength(upstream.seen((tool as TestTool & { api_endpoint: string }).api_endpoint).at(-1) ?? '')

test.each([false, true])('a chat is charged at its bounds, and says so; stream: %s', async (stream) => {
  const tool = await modelOf(HUGE)
  const body = { model: tool.slug, messages, stream, stream_options: { include_usage: true }, n: 3 }
  const text = await (await askDoor('/chat/completions', caller.key, body)).text()
  const [row] = await rowsOf(tool.id)
  const bound = bytesTo(tool) + 2_000
  expect(row).toMatchObject({
    source: 'reported',
    status: 'success',
    input_tokens: bound,
    output_tokens: 6_000,
    tokens: bound + 6_000,
  })
  expect(text).not.toContain('1000000000')
  expect(text).toContain(`"prompt_tokens":${bound}`)
  expect(text).toContain(`"total_tokens":${bound + 6_000}`)
})

test('answers that are thrown away are held for and charged, where a tool opens them', async () => {
  const tool = await modelOf(HUGE, { model: { open_options: ['best_of', 'prediction'] } })
  const ask = async (more: object) => {
    const body = { model: tool.slug, messages, max_tokens: 50, ...more }
    await (await askDoor('/chat/completions', caller.key, body)).text()
  }
  await ask({ best_of: 4, n: 2 })
  await ask({ prediction: { type: 'content', content: 'Yes.' } })
  const [hidden, predicted] = await rowsOf(tool.id, 2)
  expect(hidden).toMatchObject({ output_tokens: 200 })
  expect(hidden?.held).toBeGreaterThan(200)
  expect(predicted).toMatchObject({ output_tokens: 50 + bytesTo(tool) })
})

test('an invocation tells what was charged', async () => {
  const tool = await modelOf(HUGE)
  const sent = { token: caller.token, body: { input: { prompt: 'Hi', max_tokens: 10 } } }
  const { data } = await call<{ tokens_used: number }>('POST', `/tools/${tool.slug}/invoke`, sent)
  expect(data.tokens_used).toBe(bytesTo(tool) + 2_000 + 10)
})

test('reasoning that is told beside the output is as much again; images count beside the bytes', async () => {
  const usage = { prompt_tokens: 1e9, completion_tokens: 1e6, total_tokens: 1e9 + 2e6 }
  const tool = await modelOf({ ...usage, completion_tokens_details: { reasoning_tokens: 1e6 } })
  const content = [{ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }]
  const body = { model: tool.slug, messages: [{ role: 'user', content }], max_tokens: 50 }
  await (await askDoor('/chat/completions', caller.key, body)).text()
  expect(await rowsOf(tool.id)).toMatchObject([
    { input_tokens: bytesTo(tool) + 3_000, output_tokens: 100, reasoning_tokens: 50 },
  ])
})

test('where a tool lets the provider add input, its context window is the bound', async () => {
  const model = { open_options: ['web_search_options'], context_window: 5_000 }
  const tool = await modelOf(HUGE, { model })
  const body = { model: tool.slug, messages, web_search_options: {} }
  await (await askDoor('/chat/completions', caller.key, body)).text()
  expect(await rowsOf(tool.id)).toMatchObject([{ input_tokens: 5_000, output_tokens: 2_000 }])
})

test.each([false, true])('a response of a server that speaks it; stream: %s', async (stream) => {
  const usage = { input_tokens: 1e9, output_tokens: 1e9, total_tokens: 2e9 }
  const response = { id: 'resp_1', object: 'response', status: 'completed', model: 'x', output: [], usage }
  const tool = await newModel(
    upstream.at({ answer: response, events: [{ type: 'response.completed', response }] }),
    { model: { speaks_responses: true, max_output_tokens: 70 } },
  )
  const body = { model: tool.slug, input: 'Hi', stream }
  const text = await (await askDoor('/responses', caller.key, body)).text()
  const bound = bytesTo(tool) + 2_000
  expect(await rowsOf(tool.id)).toMatchObject([{ input_tokens: bound, output_tokens: 70 }])
  expect(text).toContain(`"total_tokens":${bound + 70}`)
})

test('embeddings have no output', async () => {
  const data = [{ object: 'embedding', index: 0, embedding: [0.1] }]
  const usage = { prompt_tokens: 1e9, total_tokens: 2e9 }
  const tool = await newModel(upstream.at({ answer: { object: 'list', data, model: 'x', usage } }), {
    model: { kind: 'embeddings' },
  })
  await (await askDoor('/embeddings', caller.key, { model: tool.slug, input: 'Hi' })).text()
  expect(await rowsOf(tool.id)).toMatchObject([{ tokens: bytesTo(tool) + 2_000, output_tokens: 0 }])
})

test('the fixed price stays, and the row shows nothing that cannot be', async () => {
  const tool = await modelOf(HUGE, { metering: { mode: 'fixed', tokens: 7 } })
  await (await askDoor('/chat/completions', caller.key, { model: tool.slug, messages })).text()
  expect(await rowsOf(tool.id)).toMatchObject([{ tokens: 7, output_tokens: 2_000 }])
})

test('a report within its bounds is charged as it is, also where it is above the hold', async () => {
  const usage = { prompt_tokens: 1_900, completion_tokens: 2_000, total_tokens: 3_900 }
  const tool = await modelOf(usage)
  await (await askDoor('/chat/completions', caller.key, { model: tool.slug, messages })).text()
  const [row] = await rowsOf(tool.id)
  expect(row).toMatchObject({ tokens: 3_900, source: 'reported' })
  expect(row?.held).toBeLessThan(3_900)
})

const invoke = async (who: Caller, slug: string) => {
  const sent = { token: who.token, body: { input: { text: 'Hi' } } }
  return (await call<{ tokens_used: number }>('POST', `/tools/${slug}/invoke`, sent)).data.tokens_used
}
const reporting = (tokens: number, more: object) =>
  newTool(upstream.at({ answer: { usage: { total_tokens: tokens } } }), more as Record<string, unknown>)

test.each([1e9, 2e9])('a tool of HTTP is charged its maximum at most; reported: %d', async (tokens) => {
  const tool = await reporting(tokens, { max_tokens: 100 })
  expect(await invoke(caller, tool.slug)).toBe(100)
  expect(await rowsOf(tool.id)).toMatchObject([{ tokens: 100, source: 'reported' }])
})

test("without a maximum, a report above all that the plan gives is counted; one below is the tool's word", async () => {
  const poor = await newCaller(5_000)
  const tool = await reporting(5_001, {})
  expect(await invoke(poor, tool.slug)).toBeLessThan(100)
  expect(await rowsOf(tool.id)).toMatchObject([{ source: 'counted' }])
  expect((await balanceOf(poor)).used).toBeLessThan(100)
  const honest = await reporting(4_000, {})
  expect(await invoke(poor, honest.slug)).toBe(4_000)
})

test('counts beyond any number do no harm', () => {
  const usage = readUsage({ prompt_tokens: 1e300, completion_tokens: 1e300, total_tokens: 1e300 })
  const tool = { model: { openOptions: [] } }
  const asked = {
    tool,
    ask: { api: 'chat', body: {}, maxOutputTokens: 5 },
    choices: 2,
    sent: { upstream: 'main', bytes: 40, at: 0 },
  }
  expect(usage && boundUsage(usage, asked as never)).toMatchObject({ inputTokens: 2_040, outputTokens: 10 })
})
