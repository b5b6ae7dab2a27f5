import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import pg from 'pg'
import { call } from '../support/client'
import {
  chatAnswer,
  chatEvents,
  chunkOf,
  type PlannedUpstream,
  startPlannedUpstream,
  usageChunk,
} from '../support/planned-upstream'
import { hubUrl } from '../support/run'
import { askDoor, balanceOf, type Caller, newCaller, newModel, rowsOf } from './setup'

/**
 * Counts that cannot be read, or are told by other names: a call must be neither free nor charged twice, and what the
 * provider itself calls an error costs nothing.
 */
let upstream: PlannedUpstream
let caller: Caller
let database: pg.Pool

beforeAll(async () => {
  database = new pg.Pool({ connectionString: process.env.HUB_TEST_HUB_DATABASE_URL, max: 1 })
  upstream = await startPlannedUpstream()
  caller = await newCaller(100_000_000)
})

afterAll(async () => {
  await upstream.close()
  await database.end()
})

const TEXT = 'The quick brown fox jumps.'
const messages = [{ role: 'user', content: 'Say something.' }]
const modelOf = (usage: unknown, model: object = {}) =>
  newModel(upstream.at({ answer: chatAnswer(TEXT, usage), events: chatEvents(TEXT, usage) }), { model })

test.each([
  { prompt_tokens: 20, completion_tokens: null },
  { prompt_tokens: 20, completion_tokens: -5, total_tokens: 15 },
  { prompt_tokens: 20, completion_tokens: 2.5 },
  { prompt_tokens: 20 },
  { prompt_tokens: null, completion_tokens: 4 },
  { prompt_tokens: 20, completion_tokens: 0, total_tokens: 20 },
  {},
])('bad counts are counted, not free: %j', async (usage) => {
  const tool = await modelOf(usage)
  for (const stream of [false, true])
    await (await askDoor('/chat/completions', caller.key, { model: tool.slug, messages, stream })).text()
  const rows = await rowsOf(tool.id, 2)
  for (const row of rows)
    expect(row).toMatchObject({ status: 'success', source: 'counted', output_tokens: 6 })
})

test.each([false, true])('reasoning beside the output: the total is charged; stream: %s', async (stream) => {
  const usage = {
    prompt_tokens: 20,
    completion_tokens: 6,
    total_tokens: 66,
    completion_tokens_details: { reasoning_tokens: 40 },
  }
  const tool = await modelOf(usage)
  await (await askDoor('/chat/completions', caller.key, { model: tool.slug, messages, stream })).text()
  expect(await rowsOf(tool.id)).toMatchObject([
    { tokens: 66, output_tokens: 46, reasoning_tokens: 40, source: 'reported' },
  ])
})

test('embeddings of tokens count by their number', async () => {
  const data = [{ object: 'embedding', index: 0, embedding: [0.1] }]
  const tool = await newModel(upstream.at({ answer: { object: 'list', data, model: 'x' } }), {
    model: { kind: 'embeddings' },
  })
  for (const input of [Array.from({ length: 500 }, () => 100_000), [[1, 2, 3], [4]]])
    await (await askDoor('/embeddings', caller.key, { model: tool.slug, input })).text()
  expect((await rowsOf(tool.id, 2)).map(({ input_tokens }) => input_tokens)).toEqual([500, 4])
})

describe("what the provider wrote to a cache, by Anthropic's API", () => {
  const usage = {
    input_tokens: 10,
    output_tokens: 5,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 60,
    cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 40 },
  }
  const answer = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content: [{ type: 'text', text: 'Yes.' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage,
  }
  const ask = async (weights: object) => {
    const model = { name: 'claude-x', weights }
    const tool = await newModel(upstream.at({ answer }), { adapter: 'anthropic', model })
    const long = [{ role: 'user', content: 'Say something. '.repeat(40) }]
    await (await askDoor('/chat/completions', caller.key, { model: tool.slug, messages: long })).text()
    const [row] = await rowsOf(tool.id)
    const { rows } = await database.query(
      `select cached_input_tokens::int as read, cache_write_5m_tokens::int as short, cache_write_1h_tokens::int as long
       from usage_logs where tool_id = $1`,
      [tool.id],
    )
    return { row, kept: rows[0] }
  }

  test('stands in the row, and is charged as other input until it has a weight', async () => {
    const { row, kept } = await ask({ cached_input: 10 })
    expect(kept).toEqual({ read: 100, short: 20, long: 40 })
    // 10 + 60 as input, 100 · 0.1, 5 of output
    expect(row).toMatchObject({ input_tokens: 170, tokens: 85, source: 'reported' })
  })

  test('is charged by its weights', async () => {
    const { row } = await ask({ cached_input: 10, cache_write_5m: 125, cache_write_1h: 200 })
    // 10 + 20 · 1.25 + 40 · 2 + 100 · 0.1 + 5
    expect(row?.tokens).toBe(130)
    expect((await balanceOf(caller)).held).toBe(0)
    const listed = await call<{ model_tokens: object }[]>('GET', '/usage?limit=1', { token: caller.token })
    const kinds = {
      input: 170,
      cached_input: 100,
      cache_write_5m: 20,
      cache_write_1h: 40,
      output: 5,
      reasoning: 0,
    }
    expect(listed.data[0]?.model_tokens).toEqual(kinds)
  })
})

describe('what the provider calls an error is free', () => {
  const usage = { input_tokens: 20, output_tokens: 10, total_tokens: 30 }
  const failed = {
    id: 'r',
    object: 'response',
    status: 'failed',
    error: { code: 'server_error', message: 'No.' },
    output: [],
    usage,
  }

  test.each([false, true])('a failed response; stream: %s', async (stream) => {
    const delta = { type: 'response.output_text.delta', item_id: 'm', delta: 'Some text before.' }
    const events = [delta, { type: 'response.failed', response: failed }]
    const tool = await newModel(upstream.at({ answer: failed, events }), {
      model: { speaks_responses: true },
    })
    await (await askDoor('/responses', caller.key, { model: tool.slug, input: 'x', stream })).text()
    expect(await rowsOf(tool.id)).toMatchObject([{ status: 'error', tokens: 0 }])
  })

  test.each([
    { object: 'error', message: 'overloaded', code: 50_001 },
    { detail: 'overloaded' },
    { message: 'overloaded' },
  ])('an error without that name, late in a stream: %j', async (error) => {
    const tool = await newModel(upstream.at({ events: [chunkOf({ content: TEXT }), error] }))
    const sent = { model: tool.slug, messages, stream: true }
    const text = await (await askDoor('/chat/completions', caller.key, sent)).text()
    expect(text).toContain('The provider said: overloaded')
    expect(await rowsOf(tool.id)).toMatchObject([{ status: 'error', tokens: 0 }])
  })

  test.each([false, true])('an error object in an answer; stream: %s', async (stream) => {
    const error = { error: { message: 'overloaded', type: 'server_error' } }
    const events = [chunkOf({ content: TEXT }), usageChunk({ prompt_tokens: 9, completion_tokens: 9 }), error]
    const tool = await newModel(upstream.at({ answer: { ...chatAnswer(TEXT), ...error }, events }))
    await (await askDoor('/chat/completions', caller.key, { model: tool.slug, messages, stream })).text()
    expect(await rowsOf(tool.id)).toMatchObject([{ status: 'error', tokens: 0 }])
  })
})

describe('a caller is told what was counted', () => {
  const asks = [
    ['/chat/completions', { messages }, 'completion_tokens'],
    [
      '/chat/completions',
      { messages, stream: true, stream_options: { include_usage: true } },
      'completion_tokens',
    ],
    ['/responses', { input: 'Say something.' }, 'output_tokens'],
    ['/responses', { input: 'Say something.', stream: true }, 'output_tokens'],
  ] as const
  const usages = [undefined, 'free', { prompt_tokens: '20', completion_tokens: '9' }]
  test.each(usages.map((usage) => [usage]))('where the server told: %j', async (usage) => {
    for (const native of [false, true]) {
      const tool = await modelOf(usage, { speaks_responses: native })
      for (const [path, body, name] of native ? asks.slice(0, 2) : asks) {
        const text = await (await askDoor(path, caller.key, { model: tool.slug, ...body })).text()
        const told = [...text.matchAll(new RegExp(`"${name}":([^,}]+)`, 'g'))].map(([, count]) => count)
        expect([path, told]).toEqual([path, ['6']])
      }
    }
  })

  test('also by a server that speaks responses itself', async () => {
    const content = [{ type: 'output_text', text: TEXT, annotations: [] }]
    const output = [{ id: 'm', type: 'message', role: 'assistant', status: 'completed', content }]
    const answer = { id: 'r', object: 'response', status: 'completed', output, usage: { input_tokens: '1' } }
    const events = [
      { type: 'response.output_text.delta', item_id: 'm', delta: TEXT },
      { type: 'response.completed', response: answer },
    ]
    const tool = await newModel(upstream.at({ answer, events }), { model: { speaks_responses: true } })
    for (const stream of [false, true]) {
      const text = await (
        await askDoor('/responses', caller.key, { model: tool.slug, input: 'x', stream })
      ).text()
      expect(text).toContain('"output_tokens":6')
    }
  })
})

test('chunks of a chat that have a type of their own are no events of a response', async () => {
  const events = chatEvents(TEXT, { prompt_tokens: 20, completion_tokens: 6 }).map((event) => ({
    ...event,
    type: 'chunk',
  }))
  const tool = await newModel(upstream.at({ events }))
  const sent = { model: tool.slug, input: 'x', stream: true }
  const text = await (await askDoor('/responses', caller.key, sent)).text()
  expect(text).toContain(`"type":"response.output_text.done"`)
  expect(text).toMatch(/"type":"response.completed".*"output_tokens":6/)
})

test('content as a list of parts shows its text at every interface, and counts', async () => {
  const content = [
    { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
    { type: 'text', text: 'The quick brown ' },
    { type: 'text', text: 'fox jumps.' },
  ]
  const answer = {
    ...chatAnswer(''),
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  }
  const tool = await newModel(upstream.at({ answer, events: [chunkOf({ content }), chunkOf({}, 'stop')] }))
  const sent = { token: caller.token, body: { input: { prompt: 'x' } } }
  const whole = await call<{ output: { text: string } }>('POST', `/tools/${tool.slug}/invoke`, sent)
  expect(whole.data.output.text).toBe(TEXT)
  const streamed = await fetch(`${hubUrl()}/api/v1/tools/${tool.slug}/invoke`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', 'x-api-key': caller.key },
    body: JSON.stringify(sent.body),
  })
  expect(await streamed.text()).toContain(`event: output\ndata: {"text":"${TEXT}"}`)
  for (const stream of [false, true]) {
    const response = await askDoor('/responses', caller.key, { model: tool.slug, input: 'x', stream })
    expect(await response.text()).toContain(`"text":"${TEXT}"`)
  }
  for (const row of await rowsOf(tool.id, 4)) expect(row.output_tokens).toBeGreaterThan(6)
})
