import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { atLeastEstimated } from '../../src/domain/calls/estimate'
import { Leaving } from '../../src/domain/calls/leaving'
import { noUsage } from '../../src/domain/models/charge'
import { knowsRate, noteOutput, outputIn } from '../../src/domain/models/output-rates'
import type { TestTool } from '../support/catalogue'
import {
  chatAnswer,
  chatEvents,
  chunkOf,
  type Plan,
  type PlannedUpstream,
  startPlannedUpstream,
  usageChunk,
} from '../support/planned-upstream'
import { until } from '../support/until'
import { askDoor, balanceOf, type Caller, newCaller, newModel, rowsOf } from './setup'

/**
 * Reasoning that a cut stream hides: a provider reports it at the very end, so a caller who leaves just before would have it
 * for nothing.
 */
let upstream: PlannedUpstream
let caller: Caller

beforeAll(async () => {
  upstream = await startPlannedUpstream()
  caller = await newCaller(100_000_000)
})

afterAll(() => upstream.close())

const usage = {
  prompt_tokens: 20,
  completion_tokens: 900,
  total_tokens: 920,
  completion_tokens_details: { reasoning_tokens: 880 },
}
const messages = [{ role: 'user', content: 'Think.' }]
const modelAt = (plan: Plan) => newModel(upstream.at(plan), { model: { max_output_tokens: 2_000 } })
const addressOf = (tool: TestTool) => (tool as TestTool & { api_endpoint: string }).api_endpoint

/** Reads a stream until this text has come, and leaves. */
async function leaveAfter(tool: TestTool, words: string) {
  const leaving = new AbortController()
  const body = { model: tool.slug, messages, stream: true }
  const answer = await askDoor('/chat/completions', caller.key, body, leaving.signal)
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
  let text = ''
  while (!text.includes(words)) text += new TextDecoder().decode((await reader.read()).value)
  leaving.abort()
}

const START = [chunkOf({ role: 'assistant', content: '' }), chunkOf({ content: 'Well.' })]

test('whose caller leaves just before its usage is read on for it, and charged as reported', async () => {
  const tool = await modelAt({ events: [...START, chunkOf({}, 'stop'), usageChunk(usage)], waitMs: 200 })
  await leaveAfter(tool, '"stop"')
  expect(await rowsOf(tool.id)).toMatchObject([
    { status: 'success', error_code: 'CALLER_GONE', source: 'reported', tokens: 920, reasoning_tokens: 880 },
  ])
})

test('and where no usage comes, it is ended after two seconds', async () => {
  const tool = await modelAt({ events: [...START, chunkOf({}, 'stop')], ends: 'hang' })
  const before = performance.now()
  await leaveAfter(tool, '"stop"')
  expect(await rowsOf(tool.id)).toMatchObject([{ error_code: 'CALLER_GONE', source: 'counted' }])
  expect(performance.now() - before).toBeGreaterThan(1_900)
  await until('the end of the stream', () => upstream.left(addressOf(tool)) === 1)
})

const teach = async (tool: TestTool) => {
  await (await askDoor('/chat/completions', caller.key, { model: tool.slug, messages })).text()
  await rowsOf(tool.id)
}

test.each([true, false])(
  'before its end it is ended at once, and the time is charged; stream: %s',
  async (stream) => {
    // Whole calls: 900 tokens in 0.2 s, most of them reasoning.
    const tool = await modelAt({
      answer: chatAnswer('Well.', usage),
      events: [...START, ...START, ...START],
      waitMs: 200,
      ends: 'hang',
    })
    await teach(tool)
    if (stream) await leaveAfter(tool, 'Well.')
    else {
      const seen = upstream.seen(addressOf(tool)).length
      const leaving = new AbortController()
      const gone = askDoor('/chat/completions', caller.key, { model: tool.slug, messages }, leaving.signal)
      const refused = expect(gone).rejects.toThrow()
      await until('the call', () => upstream.seen(addressOf(tool)).length > seen)
      await new Promise((resolve) => setTimeout(resolve, 100))
      leaving.abort()
      await refused
    }
    const row = (await rowsOf(tool.id, 2))[1]
    expect(row).toMatchObject({ status: 'success', error_code: 'CALLER_GONE', source: 'estimated' })
    expect(row?.output_tokens).toBeGreaterThan(50)
    expect(row?.reasoning_tokens).toBeGreaterThan(40)
    expect(row?.tokens).toBeLessThanOrEqual(row?.held ?? 0)
    expect((await balanceOf(caller)).held).toBe(0)
    await until('the end at the model', () => upstream.left(addressOf(tool)) === 1)
  },
)

test('a model that does not reason is charged for what came', async () => {
  const plain = { prompt_tokens: 20, completion_tokens: 900, total_tokens: 920 }
  const tool = await modelAt({
    answer: chatAnswer('Well.', plain),
    events: START,
    waitMs: 50,
    ends: 'hang',
  })
  await teach(tool)
  await leaveAfter(tool, 'Well.')
  const row = (await rowsOf(tool.id, 2))[1]
  expect(row).toMatchObject({ error_code: 'CALLER_GONE', source: 'partial' })
  expect(row?.output_tokens).toBeLessThan(10)
})

test('a stream that the model itself breaks is charged for what came', async () => {
  const tool = await modelAt({ answer: chatAnswer('Well.', usage), events: START, waitMs: 50, ends: 'cut' })
  await teach(tool)
  await (await askDoor('/chat/completions', caller.key, { model: tool.slug, messages, stream: true })).text()
  expect((await rowsOf(tool.id, 2))[1]).toMatchObject({ status: 'error', source: 'partial' })
})

test('a process that knows nothing of a model reads its last calls in the usage log', async () => {
  const tool = await modelAt({ answer: chatAnswer('Well.', usage), events: chatEvents('Well.', usage) })
  await teach(tool)
  const pool = new pg.Pool({ connectionString: process.env.HUB_TEST_HUB_DATABASE_URL, max: 1 })
  try {
    const asked = {
      tool: {
        id: tool.id,
        metering: { mode: 'reported' },
        model: { weights: { input: 100, cachedInput: 100, output: 100, reasoning: 100 } },
      },
      ask: { api: 'chat', body: {}, maxOutputTokens: 2_000 },
      choices: 1,
      sent: { upstream: 'main', bytes: 10, at: 0 },
    } as never
    const counted = {
      tokens: 30,
      source: 'partial' as const,
      modelTokens: { ...noUsage(), inputTokens: 20, outputTokens: 10 },
    }
    expect(knowsRate(tool.id, 'main')).toBe(false)
    const deps = { pool, log: { warn: () => undefined } } as never
    const cut = { asked, endedAt: 60_000, tokensHeld: 1_500 }
    expect(await atLeastEstimated(deps, counted, cut)).toMatchObject({ source: 'estimated', tokens: 1_500 })
  } finally {
    await pool.end()
  }
})

test('the rate follows the newest calls; after twenty without reasoning nothing is hidden', () => {
  const note = (outputTokens: number, reasoningTokens: number) =>
    noteOutput('rate', 'main', { outputTokens, reasoningTokens, ms: 1_000 })
  expect(outputIn('rate', 'main', 1_000)).toBe(0)
  note(100, 50)
  expect(outputIn('rate', 'main', 2_000)).toBe(200)
  for (let call = 0; call < 19; call += 1) note(400, 0)
  expect(outputIn('rate', 'main', 1_000)).toBeGreaterThan(390)
  note(400, 0)
  expect(outputIn('rate', 'main', 1_000)).toBe(0)
})

test('the end is that of all answers: one of two does not make the other free', () => {
  let ended = 0
  const finish = (index: number) => ({
    type: 'chunk',
    choices: [{ index, delta: {}, finish_reason: 'stop' }],
  })
  const leaving = new Leaving(2, () => {
    ended += 1
  })
  leaving.note(finish(0), null)
  for (const reason of ['', 'null']) leaving.note({ choices: [{ index: 1, finish_reason: reason }] }, null)
  leaving.leave()
  expect(ended).toBe(1)
  const whole = new Leaving(2, () => {
    ended += 1
  })
  whole.note(finish(0), null)
  whole.note(finish(1), null)
  whole.leave()
  expect(ended).toBe(1)
  whole.stop()
})
