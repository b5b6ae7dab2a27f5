import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { anthropicAdapter } from '../../src/domain/models/adapters/anthropic'
import { googleAdapter } from '../../src/domain/models/adapters/google'
import { closeToolAgent } from '../../src/platform/outbound/agent'
import { type ProviderUpstream, startProviderUpstream } from '../support/provider-upstream'
import { useSettings } from '../tools/fixture'
import { chat, context, LONG, readAll, targetAt, textOf } from './provider-setup'
import { askDoor, newCaller, newModel, rowsOf } from './setup'

let upstream: ProviderUpstream

beforeAll(async () => {
  useSettings()
  upstream = await startProviderUpstream()
})

afterAll(async () => {
  await closeToolAgent()
  await upstream.close()
})

const claude = (behaviour: string, model = 'claude-sonnet-4-5') =>
  targetAt(upstream.url, 'anthropic', behaviour, model)
const gemini = (behaviour: string, model = 'gemini-3-pro') =>
  targetAt(upstream.url, 'google', behaviour, model)

/** The body that an ask becomes on the wire. */
async function sentTo(provider: 'anthropic' | 'google', body: object, model?: string, most = 4_096) {
  const [adapter, target] =
    provider === 'google' ? [googleAdapter, gemini('text', model)] : [anthropicAdapter, claude('text', model)]
  expect(
    await adapter.complete(target, chat(body as Record<string, unknown>, most), context()),
  ).toMatchObject({ ok: true })
  return upstream.seen.at(-1)?.body
}

test('a conversation in the words of Anthropic', async () => {
  expect(await sentTo('anthropic', LONG)).toMatchObject({
    max_tokens: 4_096,
    temperature: 0.5,
    stop_sequences: ['END'],
    system: [{ text: 'Be brief.' }, { text: 'Be polite.' }],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        ],
      },
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Oslo' } }],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_1', content: 'It rains.' },
          { type: 'text', text: 'And now?' },
        ],
      },
    ],
    tools: [{ name: 'weather', description: 'The weather of a city', input_schema: { required: ['city'] } }],
    tool_choice: { type: 'tool', name: 'weather' },
  })
})

test('a conversation in the words of Google, with what its models want to see again', async () => {
  expect(await sentTo('google', LONG)).toMatchObject({
    generationConfig: { maxOutputTokens: 4_096, temperature: 0.5, stopSequences: ['END'] },
    systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'Be polite.' }] },
    contents: [
      {
        role: 'user',
        parts: [{ text: 'What is this?' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }],
      },
      {
        role: 'model',
        parts: [
          { functionCall: { name: 'weather', args: { city: 'Oslo' } }, thoughtSignature: 'sig-of-google' },
        ],
      },
      { role: 'user', parts: [{ functionResponse: { name: 'weather' } }] },
      { role: 'user', parts: [{ text: 'And now?' }] },
    ],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['weather'] } },
  })
})

test('JSON by a schema is asked for in each provider’s way', async () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
    additionalProperties: false,
  }
  const format = {
    response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } },
  }
  expect(await sentTo('google', format)).toMatchObject({
    generationConfig: { responseMimeType: 'application/json', responseSchema: { required: ['a'] } },
  })
  expect(await sentTo('anthropic', format)).toMatchObject({
    output_config: { format: { type: 'json_schema', schema: { required: ['a'] } } },
  })
})

test('a JSON object of any kind is asked for: by its type, or in words where there is no type', async () => {
  const format = { response_format: { type: 'json_object' }, messages: LONG.messages }
  expect(await sentTo('google', format)).toMatchObject({
    generationConfig: { responseMimeType: 'application/json' },
  })
  expect(await sentTo('anthropic', format)).toMatchObject({
    system: [
      { text: expect.stringContaining('one JSON object') },
      { text: 'Be brief.' },
      { text: 'Be polite.' },
    ],
  })
})

test.each([
  ['anthropic', { temperature: 1.5 }, /^temperature/],
  ['google', { parallel_tool_calls: false, tools: LONG.tools }, /^parallel_tool_calls/],
] as const)('%s alone cannot do it, and says so: %j', async (provider, body, message) => {
  const [adapter, target] =
    provider === 'google' ? [googleAdapter, gemini('text')] : [anthropicAdapter, claude('text')]
  const calls = upstream.seen.length
  expect(await adapter.complete(target, chat(body), context())).toMatchObject({
    ok: false,
    tryNext: true,
    refused: { status: 400, message: expect.stringMatching(message) },
  })
  expect(upstream.seen).toHaveLength(calls)
})

test('what a provider knows is carried over, and hints are left out', async () => {
  const hints = {
    user: 'u',
    metadata: { a: 'b' },
    store: false,
    service_tier: 'auto',
    verbosity: 'low',
    x_new: 1,
  }
  const known = {
    seed: 7,
    presence_penalty: 0,
    frequency_penalty: 0,
    n: 1,
    logprobs: false,
    stop: ['A', 'B'],
  }
  const claudes = await sentTo('anthropic', {
    ...hints,
    ...known,
    parallel_tool_calls: false,
    tools: LONG.tools,
  })
  expect(claudes).toMatchObject({
    stop_sequences: ['A', 'B'],
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  })
  const geminis = await sentTo('google', { ...hints, ...known, presence_penalty: 0.5 })
  expect(geminis).toMatchObject({
    generationConfig: { seed: 7, stopSequences: ['A', 'B'], presencePenalty: 0.5 },
  })
  for (const body of [claudes, geminis])
    for (const name of [...Object.keys(hints), 'n', 'logprobs']) expect(body).not.toHaveProperty(name)
})

test('the provider is never told of more output than the hold has room for, thinking included', async () => {
  const low = { reasoning_effort: 'low' }
  expect(await sentTo('anthropic', low)).toMatchObject({
    max_tokens: 4_096,
    thinking: { type: 'enabled', budget_tokens: 1_024 },
  })
  const tight = await sentTo('anthropic', low, undefined, 1_500)
  expect(tight).toMatchObject({ max_tokens: 1_500 })
  expect(tight).not.toHaveProperty('thinking')
})

test('an effort becomes what the model knows: adaptive thinking, a level or a budget', async () => {
  const high = { reasoning_effort: 'high' }
  expect(await sentTo('anthropic', high, 'claude-opus-4-8')).toMatchObject({
    thinking: { type: 'adaptive' },
    output_config: { effort: 'high' },
    max_tokens: 4_096,
  })
  expect(await sentTo('google', high)).toMatchObject({
    generationConfig: { thinkingConfig: { thinkingLevel: 'high' } },
  })
  expect(await sentTo('google', high, 'gemini-2.5-flash')).toMatchObject({
    generationConfig: { thinkingConfig: { thinkingBudget: 24_576 } },
  })
})

test('Google’s signature of a call comes out where it goes in again', async () => {
  const answer = await googleAdapter.complete(gemini('tools'), chat(), context())
  const signed = { extra_content: { google: { thought_signature: 'sig-of-google' } } }
  expect(answer).toMatchObject({ value: { choices: [{ message: { tool_calls: [signed] } }] } })
})

test('an answer without usage is passed on, for the hub to count', async () => {
  expect(await googleAdapter.complete(gemini('silent'), chat(), context())).toMatchObject({
    ok: true,
    usage: null,
  })
  const chunks = await readAll(await googleAdapter.stream(gemini('silent'), chat(), context()))
  expect(textOf(chunks)).toBe('The quick fox.')
  expect(chunks.some(({ usage }) => usage)).toBe(false)
  expect(await anthropicAdapter.complete(claude('silent'), chat(), context())).toMatchObject({
    ok: true,
    usage: null,
  })
})

test('embeddings of Google, as floats and as OpenAI’s clients ask for them; of Anthropic there are none', async () => {
  const embed = (body: Record<string, unknown>) => ({
    api: 'embeddings' as const,
    body,
    maxOutputTokens: null,
  })
  const one = await googleAdapter.complete(gemini('text'), embed({ input: 'a', dimensions: 3 }), context())
  expect(one).toMatchObject({
    ok: true,
    usage: null,
    value: { object: 'list', data: [{ index: 0, embedding: [0.5, -0.25, 1] }] },
  })
  expect(upstream.seen.at(-1)?.body).toMatchObject({ outputDimensionality: 3 })
  const input = Array.from({ length: 150 }, (_, at) => `text ${at}`)
  const many = await googleAdapter.complete(
    gemini('text'),
    embed({ input, encoding_format: 'base64' }),
    context(),
  )
  expect(many).toMatchObject({ usage: { inputTokens: 150, outputTokens: 0 } })
  if (!many.ok) return
  const data = many.value.data as { index: number; embedding: string }[]
  expect(data.map(({ index }) => index)).toEqual(input.map((_, at) => at))
  const bytes = Buffer.from(data[149]?.embedding as string, 'base64')
  expect([0, 4, 8].map((from) => bytes.readFloatLE(from))).toEqual([0.5, -0.25, 1])
  const tokens = await googleAdapter.complete(gemini('text'), embed({ input: [[1, 2]] }), context())
  expect(tokens).toMatchObject({ refused: { status: 400 } })
  const none = await anthropicAdapter.complete(claude('text'), embed({ input: 'a' }), context())
  expect(none).toMatchObject({ code: 'TOOL_BAD_RESPONSE', logMessage: 'this provider has no embeddings' })
})

test.each(['anthropic', 'google'])(
  'through the hub, %s: the same answer, charged as reported',
  async (adapter) => {
    const name = adapter === 'google' ? 'gemini-3-pro' : 'claude-sonnet-4-5'
    const tool = await newModel(`${upstream.url}/${adapter}/text`, { adapter, model: { name } })
    const caller = await newCaller()
    const ask = { model: tool.slug, messages: [{ role: 'user', content: 'Say something.' }] }
    const answer = await askDoor('/chat/completions', caller.key, ask)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'The quick fox.' } }] })
    const streamed = await askDoor('/chat/completions', caller.key, { ...ask, stream: true })
    expect(await streamed.text()).toMatch(/data: \[DONE\]\n\n$/)
    const row = {
      status: 'success',
      source: 'reported',
      input_tokens: 20,
      cached_input_tokens: 4,
      output_tokens: 10,
    }
    expect(await rowsOf(tool.id, 2)).toMatchObject([row, row])
  },
)

test.each(['anthropic', 'google'])(
  'through the hub, %s: a stream that is cut is charged in part',
  async (adapter) => {
    const tool = await newModel(`${upstream.url}/${adapter}/cut`, {
      adapter,
      model: { name: 'claude-or-gemini' },
    })
    const caller = await newCaller()
    const ask = { model: tool.slug, stream: true, messages: [{ role: 'user', content: 'Say something.' }] }
    const answer = await askDoor('/chat/completions', caller.key, ask)
    expect(await answer.text()).toMatch(/"error"/)
    expect(await rowsOf(tool.id)).toMatchObject([{ status: 'error', source: 'partial' }])
  },
)
