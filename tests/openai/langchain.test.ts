import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
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

function chat(slug: string, more: object = {}) {
  const { apiKey, ...configuration } = clientOptions(caller.key)
  return new ChatOpenAI({ model: slug, apiKey, configuration, ...more })
}

test.each([false, true])('an answer and a stream; by responses: %s', async (useResponsesApi) => {
  const { slug } = await newModel(`${upstream.url}/normal`)
  const model = chat(slug, { useResponsesApi })
  const answer = await model.invoke('Say something.')
  expect(answer.text).toBe(WORDS.join(''))
  expect(answer.usage_metadata).toMatchObject({ input_tokens: 20, output_tokens: 10, total_tokens: 30 })
  let text = ''
  for await (const piece of await model.stream('Say something.')) text += piece.text
  expect(text).toBe(WORDS.join(''))
})

test.each([false, true])('a call of a tool; by responses: %s', async (useResponsesApi) => {
  const { slug } = await newModel(`${upstream.url}/tools`)
  const tool = { type: 'function', function: { name: 'weather', description: 'The weather', parameters } }
  const answer = await chat(slug, { useResponsesApi }).bindTools([tool]).invoke('The weather?')
  expect(answer.tool_calls).toMatchObject([{ id: 'call_1', name: 'weather', args: { city: 'Oslo' } }])
})

test('a spent budget is not asked again', async () => {
  const poor = await newCaller(5)
  const { fetch, calls } = countingFetch()
  const { apiKey, ...configuration } = clientOptions(poor.key)
  const { slug } = await newModel(`${upstream.url}/normal`)
  const model = new ChatOpenAI({ model: slug, apiKey, configuration: { ...configuration, fetch } })
  await expect(model.invoke('Say something.')).rejects.toMatchObject({ status: 403 })
  expect(calls()).toBe(1)
})

test('embeddings', async () => {
  const { slug } = await newModel(`${upstream.url}/normal`, { model: { kind: 'embeddings' } })
  const { apiKey, ...configuration } = clientOptions(caller.key)
  const embeddings = new OpenAIEmbeddings({ model: slug, apiKey, configuration, encodingFormat: 'float' })
  expect(await embeddings.embedDocuments(['a', 'b'])).toEqual([
    [0.1, 0.2, 0],
    [0.1, 0.2, 1],
  ])
})
