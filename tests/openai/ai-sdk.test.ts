import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { embedMany, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai'
import { type Caller, newCaller, newModel } from '../models/setup'
import { type ModelUpstream, startModelUpstream, WORDS } from '../support/model-upstream'
import { clientOptions, countingFetch, parameters } from './setup'

let upstream: ModelUpstream
let caller: Caller

beforeAll(async () => {
  upstream = await startModelUpstream()
  caller = await newCaller(10_000_000)
})

afterAll(() => upstream.close())

const prompt = 'Say something.'
const weather = tool({ description: 'The weather', inputSchema: jsonSchema<{ city: string }>(parameters) })

/** The AI SDK's two ways to such a server: chat by the compatible one, responses by OpenAI's own. */
function models(slug: string, more: { fetch?: typeof fetch } = {}) {
  const options = { ...clientOptions(caller.key), ...more }
  return [
    createOpenAICompatible({ name: 'hub', includeUsage: true, ...options })(slug),
    createOpenAI(options)(slug),
  ]
}

test.each([0, 1])('a text, whole and as a stream, with its usage (%s)', async (at) => {
  const { slug } = await newModel(`${upstream.url}/normal`)
  const model = models(slug)[at] as ReturnType<typeof models>[number]
  const answer = await generateText({ model, prompt })
  expect(answer.text).toBe(WORDS.join(''))
  expect(answer.usage).toMatchObject({ inputTokens: 20, outputTokens: 10 })
  const stream = streamText({ model, prompt })
  const pieces: string[] = []
  for await (const piece of stream.textStream) pieces.push(piece)
  expect(pieces).toEqual(WORDS)
  expect(await stream.finishReason).toBe('stop')
  expect(await stream.usage).toMatchObject({ inputTokens: 20, outputTokens: 10 })
})

test.each([0, 1])('a call of a tool, whole and as a stream (%s)', async (at) => {
  const { slug } = await newModel(`${upstream.url}/tools`)
  const model = models(slug)[at] as ReturnType<typeof models>[number]
  const answer = await generateText({ model, prompt, tools: { weather } })
  const call = { toolCallId: 'call_1', toolName: 'weather', input: { city: 'Oslo' } }
  expect(answer.toolCalls).toMatchObject([call])
  const stream = streamText({ model, prompt, tools: { weather } })
  expect(await stream.toolCalls).toMatchObject([call])
})

test.each([
  [0, {}],
  [1, { openai: { store: false } }],
])('goes on after the call of a tool, with the whole conversation (%s)', async (at, providerOptions) => {
  const { slug } = await newModel(`${upstream.url}/tools`)
  const model = models(slug)[at] as ReturnType<typeof models>[number]
  const tools = {
    weather: tool({ ...weather, execute: async ({ city }: { city: string }) => `Rain in ${city}` }),
  }
  const { steps } = await generateText({ model, prompt, tools, stopWhen: stepCountIs(2), providerOptions })
  expect(steps).toHaveLength(2)
  expect(upstream.seen('tools').at(-1)?.body.messages).toMatchObject([
    { role: 'user' },
    { role: 'assistant', tool_calls: [{ id: 'call_1', function: { name: 'weather' } }] },
    { role: 'tool', tool_call_id: 'call_1', content: 'Rain in Oslo' },
  ])
})

/** By default this client refers to what it heard before: nothing is stored, so that is said, with the way out. */
test('OpenAI’s own provider goes on by default after a bare call; words before it need store: false', async () => {
  const tools = { weather: tool({ ...weather, execute: async () => 'Rain' }) }
  const errors: unknown[] = []
  const ask = async (behaviour: string, given: { store?: boolean } = {}) => {
    const { slug } = await newModel(`${upstream.url}/${behaviour}`)
    const [, model] = models(slug) as [unknown, ReturnType<typeof models>[number]]
    const stream = streamText({
      model,
      prompt,
      tools,
      stopWhen: stepCountIs(2),
      providerOptions: { openai: { ...given } },
      onError: ({ error }) => void errors.push(error),
    })
    return (await stream.steps).length
  }
  expect(await ask('tools')).toBe(2)
  expect(await ask('interleaved', { store: false })).toBe(2)
  expect(errors).toEqual([])
  expect(await ask('interleaved')).toBe(1)
  expect(errors).toMatchObject([{ statusCode: 400, message: expect.stringContaining('store: false') }])
})

test.each([0, 1])('a stream that is cut tells of its error (%s)', async (at) => {
  const { slug } = await newModel(`${upstream.url}/cut/2`)
  const model = models(slug)[at] as ReturnType<typeof models>[number]
  const errors: unknown[] = []
  const stream = streamText({ model, prompt, maxRetries: 0, onError: ({ error }) => void errors.push(error) })
  let text = ''
  for await (const piece of stream.textStream) text += piece
  expect(text).toBe(WORDS.slice(0, 2).join(''))
  expect(errors).toHaveLength(1)
})

test.each([0, 1])('a spent budget is not asked again (%s)', async (at) => {
  const poor = await newCaller(5)
  const { fetch, calls } = countingFetch()
  const { slug } = await newModel(`${upstream.url}/normal`)
  const options = { ...clientOptions(poor.key), fetch }
  const model =
    at === 0 ? createOpenAICompatible({ name: 'hub', ...options })(slug) : createOpenAI(options)(slug)
  await expect(generateText({ model, prompt })).rejects.toMatchObject({ statusCode: 403, isRetryable: false })
  expect(calls()).toBe(1)
})

test('embeddings by both', async () => {
  const { slug } = await newModel(`${upstream.url}/normal`, { model: { kind: 'embeddings' } })
  const options = clientOptions(caller.key)
  for (const model of [
    createOpenAICompatible({ name: 'hub', ...options }).embeddingModel(slug),
    createOpenAI(options).embeddingModel(slug),
  ]) {
    const { embeddings } = await embedMany({ model, values: ['a', 'b'] })
    expect(embeddings).toEqual([
      [0.1, 0.2, 0],
      [0.1, 0.2, 1],
    ])
  }
})
