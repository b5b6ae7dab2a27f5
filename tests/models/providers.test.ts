import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type ModelAdapter, StreamBroken } from '../../src/domain/models/adapter'
import { anthropicAdapter } from '../../src/domain/models/adapters/anthropic'
import { googleAdapter } from '../../src/domain/models/adapters/google'
import { closeToolAgent } from '../../src/platform/outbound/agent'
import { type ProviderUpstream, startProviderUpstream } from '../support/provider-upstream'
import { useSettings } from '../tools/fixture'
import { chat, context, LONG, readAll, SECRET, targetAt, textOf, until } from './provider-setup'

let upstream: ProviderUpstream

beforeAll(async () => {
  useSettings()
  upstream = await startProviderUpstream()
})

afterAll(async () => {
  await closeToolAgent()
  await upstream.close()
})

const PROVIDERS = [
  {
    name: 'anthropic',
    adapter: anthropicAdapter,
    model: 'claude-sonnet-4-5',
    key: 'x-api-key',
    callId: 'toolu_1',
  },
  { name: 'google', adapter: googleAdapter, model: 'gemini-2.5-flash', key: 'x-goog-api-key', callId: null },
] as const

const USAGE = { inputTokens: 20, cachedInputTokens: 4, outputTokens: 10 }

describe.each(PROVIDERS)('$name', ({ name, adapter, model, key, callId }) => {
  const at = (behaviour: string) => targetAt(upstream.url, name, behaviour, model)
  const complete = (behaviour: string, ask = chat()) => adapter.complete(at(behaviour), ask, context())
  const stream = (behaviour: string, ask = chat()) => adapter.stream(at(behaviour), ask, context())

  test('a text is a chat.completion with the usage, cached input inside of the input', async () => {
    const answer = await complete('text')
    expect(answer).toMatchObject({ ok: true, usage: USAGE })
    if (!answer.ok) return
    expect(JSON.parse(answer.text)).toEqual(answer.value)
    expect(answer.value).toMatchObject({
      object: 'chat.completion',
      choices: [
        { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'The quick fox.' } },
      ],
      usage: {
        prompt_tokens: 20,
        completion_tokens: 10,
        total_tokens: 30,
        prompt_tokens_details: { cached_tokens: 4 },
      },
    })
  })

  test('the real key is sent, with the request id, and nothing of the library says who calls', async () => {
    await complete('text')
    const { headers } = upstream.seen.at(-1) ?? { headers: {} }
    expect(headers).toMatchObject({
      [key]: SECRET,
      'x-request-id': context().requestId,
      'user-agent': 'joyfull-ui-hub',
    })
    const target = { ...at('text'), headers: {} }
    await adapter.complete(target, chat(), context())
    expect(upstream.seen.at(-1)?.headers[key]).toBeUndefined()
  })

  test('a stream tells the role first, then text, why it ended, and the usage last', async () => {
    const chunks = await readAll(await stream('text'))
    expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: 'assistant' })
    expect(textOf(chunks)).toBe('The quick fox.')
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
    expect(chunks.at(-1)).toMatchObject({
      object: 'chat.completion.chunk',
      choices: [],
      usage: { prompt_tokens: 20 },
    })
  })

  test('a call of a tool, whole and in pieces', async () => {
    const answer = await complete('tools')
    const call = { type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }
    expect(answer).toMatchObject({
      value: {
        choices: [
          {
            finish_reason: 'tool_calls',
            message: { tool_calls: [callId ? { id: callId, ...call } : { id: expect.any(String), ...call }] },
          },
        ],
      },
    })
    const chunks = await readAll(await stream('tools'))
    const deltas = chunks.flatMap(
      ({ choices }) =>
        (choices[0]?.delta.tool_calls ?? []) as { index: number; function: { arguments: string } }[],
    )
    expect(deltas[0]).toMatchObject({
      index: 0,
      id: expect.any(String),
      type: 'function',
      function: { name: 'weather' },
    })
    expect(deltas.map((one) => one.function.arguments).join('')).toBe('{"city":"Oslo"}')
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('tool_calls')
  })

  test('what was thought is told apart, and counted', async () => {
    const answer = await complete('thinking')
    expect(answer).toMatchObject({ usage: { ...USAGE, reasoningTokens: 6 } })
    expect(answer).toMatchObject({
      value: { choices: [{ message: { content: 'The quick fox.', reasoning_content: 'Let me see.' } }] },
    })
    const chunks = await readAll(await stream('thinking'))
    expect(chunks.map(({ choices }) => choices[0]?.delta.reasoning_content ?? '').join('')).toBe(
      'Let me see.',
    )
    expect(textOf(chunks)).toBe('The quick fox.')
    expect(chunks.at(-1)?.usage).toMatchObject({ completion_tokens_details: { reasoning_tokens: 6 } })
  })

  test.each([
    ['short', 'length'],
    ['filtered', 'content_filter'],
  ])('%s: why it ended', async (behaviour, reason) => {
    expect(await complete(behaviour)).toMatchObject({ value: { choices: [{ finish_reason: reason }] } })
    const chunks = await readAll(await stream(behaviour))
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe(reason)
  })

  const BAD = { code: 'TOOL_BAD_RESPONSE', tryNext: true }
  const DOWN = { code: 'TOOL_UNAVAILABLE', health: 'down', tryNext: true }
  const faults: [string, object][] = [
    ['reset', DOWN],
    ['status-429', { code: 'TOOL_UNAVAILABLE', health: 'unknown', retryAfterMs: 7_000, tryNext: true }],
    ['status-503', DOWN],
    ['status-529', DOWN],
    ['status-500', { ...BAD, health: 'ambiguous' }],
    ['status-401', { ...BAD, health: 'up' }],
    ['status-302', BAD],
    [
      'status-400',
      {
        code: 'TOOL_BAD_RESPONSE',
        tryNext: false,
        refused: { status: 400, message: 'No, says the provider: 400' },
      },
    ],
    ['malformed', BAD],
    ['compressed', { ...BAD, logMessage: expect.stringContaining('compressed') }],
  ]
  test.each(faults)('%s, before the first byte', async (behaviour, failure) => {
    for (const answer of [await complete(behaviour), await stream(behaviour)]) {
      expect(answer).toMatchObject({ ok: false, ...failure })
      if (!answer.ok) expect(answer.logMessage).not.toMatch(/127\.0\.0\.1|says the provider/)
    }
  })

  test('an answer that is too large, or of another kind, is none', async () => {
    expect(await complete('huge')).toMatchObject({ ...BAD, logMessage: 'its answer is too large' })
    expect(await complete('shapeless')).toMatchObject(name === 'google' ? { ok: true, usage: null } : BAD)
  })

  test('a stream that begins with an error may be tried elsewhere', async () => {
    expect(await stream('overloaded')).toMatchObject({ ok: false, ...DOWN })
  })

  test.each(['cut', 'closed', 'error-event'])(
    '%s: a stream that ends before its end is broken',
    async (behaviour) => {
      const began = await stream(behaviour)
      await expect(readAll(began)).rejects.toThrow(StreamBroken)
    },
  )

  test('who leaves ends the call of the provider', async () => {
    const before = upstream.left()
    const began = await stream('endless')
    if (!began.ok) throw new Error(began.logMessage)
    for await (const _ of began.events) break
    await until(() => upstream.left() > before)
    const controller = new AbortController()
    const other = await adapter.stream(at('endless'), chat(), context(controller.signal))
    const reading = readAll(other)
    controller.abort()
    await expect(reading).rejects.toMatchObject({ failure: { logMessage: 'the call was ended early' } })
  })

  test.each([
    [{ n: 2 }, /^n:/],
    [{ messages: [{ role: 'tool', tool_call_id: 'x', content: 'y' }] }, /no message before/],
    [{ messages: [{ role: 'user', content: [{ type: 'video', video: {} }] }] }, /type video/],
    [
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'file:///x' } }] }] },
      /http/,
    ],
    [{ tools: [{ type: 'web_search' }] }, /^tools\[0\]/],
    [{ logprobs: true }, /^logprobs/],
    [{ top_logprobs: 3 }, /^logprobs/],
    [{ logit_bias: { 50256: -100 } }, /^logit_bias/],
    [{ functions: [{ name: 'weather' }] }, /^functions/],
    [{ modalities: ['text', 'audio'] }, /^modalities/],
    [{ web_search_options: {} }, /^web_search_options/],
    [{ reasoning_effort: 'enormous' }, /^reasoning_effort/],
    [{ reasoning_effort: 3 }, /^reasoning_effort/],
    [{ parallel_tool_calls: 'no' }, /^parallel_tool_calls/],
    [{ temperature: 'hot' }, /^temperature/],
    [{ seed: '1' }, /^seed/],
    [{ stop: [1] }, /^stop/],
    [{ presence_penalty: 0.5 }, /^presence_penalty/],
    [{ frequency_penalty: -0.5 }, /^frequency_penalty/],
    [{ response_format: 'json' }, /^response_format/],
    [{ response_format: { type: 'json_schema' } }, /^response_format/],
    [{ tool_choice: { type: 'allowed_tools' }, tools: LONG.tools }, /^tool_choice/],
    [{ messages: [{ role: 'assistant', function_call: { name: 'x' } }] }, /function_call/],
    [{ messages: [{ role: 'function', name: 'x', content: 'y' }] }, /role: function/],
  ])('what has no counterpart is refused and said: %j', async (body, message) => {
    const calls = upstream.seen.length
    expect(await complete('text', chat(body))).toMatchObject({
      ok: false,
      health: 'unknown',
      tryNext: true,
      refused: { status: 400, message: expect.stringMatching(message) },
    })
    expect(upstream.seen).toHaveLength(calls)
  })

  test('an address that may not be called is not', async () => {
    useSettings({ production: true })
    const answer = await (adapter as ModelAdapter).complete(at('text'), chat(), context())
    useSettings()
    expect(answer).toMatchObject({ code: 'TOOL_UNAVAILABLE', logMessage: 'its address may not be called' })
  })
})
