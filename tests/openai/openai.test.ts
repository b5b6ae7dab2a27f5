import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import OpenAI from 'openai'
import { balanceOf, type Caller, newCaller, newModel, rowsOf } from '../models/setup'
import { type ModelUpstream, startModelUpstream, USAGE, WORDS } from '../support/model-upstream'
import { newKey, newUser } from '../support/people'
import { countingFetch, messages, newOpenAi, parameters } from './setup'

let upstream: ModelUpstream
let caller: Caller
let client: OpenAI

beforeAll(async () => {
  upstream = await startModelUpstream()
  caller = await newCaller(10_000_000)
  client = newOpenAi(caller.key)
})

afterAll(() => upstream.close())

const model = async (behaviour: string, more = {}) =>
  (await newModel(`${upstream.url}/${behaviour}`, more)).slug

describe('chat', () => {
  test('a whole answer, with its usage, unknown fields and request id', async () => {
    const answer = await client.chat.completions.create({ model: await model('normal'), messages })
    expect(answer.choices[0]?.message.content).toBe(WORDS.join(''))
    expect(answer.usage).toEqual(USAGE)
    expect(answer).toMatchObject({ x_unknown: { kept: true } })
    expect(answer._request_id).toMatch(/^[0-9a-f-]{36}$/)
  })

  const readStream = async (slug: string, more: object = {}) => {
    const chunks = []
    for await (const chunk of await client.chat.completions.create({
      model: slug,
      messages,
      stream: true,
      ...more,
    }))
      chunks.push(chunk)
    return chunks
  }
  const withUsage = { stream_options: { include_usage: true } }

  test('a stream; usage comes last where it is asked for, and not where it is not', async () => {
    const slug = await model('normal')
    const plain = await readStream(slug)
    expect(plain.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(WORDS.join(''))
    expect(plain.some((chunk) => 'usage' in chunk)).toBe(false)
    const asked = await readStream(slug, withUsage)
    expect(asked.at(-1)).toMatchObject({ choices: [], usage: USAGE })
  })

  test('a stream whose provider tells no usage ends with what the hub counted, where that is asked for', async () => {
    const slug = await model('silent')
    expect((await readStream(slug)).every(({ choices }) => choices.length > 0)).toBe(true)
    const asked = await readStream(slug, withUsage)
    expect(asked.filter((chunk) => chunk.usage)).toEqual([asked.at(-1)])
    const { id, model: named, choices, usage } = asked.at(-1) as (typeof asked)[number]
    expect({ id, named, choices }).toEqual({ id: asked[0]?.id, named: asked[0]?.model, choices: [] })
    expect(usage).toMatchObject({ prompt_tokens: expect.any(Number), completion_tokens: expect.any(Number) })
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0))
    expect(usage?.completion_tokens).toBeGreaterThan(0)
  })

  test('the stream helper gathers a call of a tool', async () => {
    const stream = client.chat.completions.stream({
      model: await model('tools'),
      messages,
      tools: [{ type: 'function', function: { name: 'weather', parameters } }],
    })
    const final = await stream.finalChatCompletion()
    expect(final.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        tool_calls: [{ id: 'call_1', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }],
      },
    })
  })

  test('a stream that is cut is an error of the client, after what came', async () => {
    const stream = await client.chat.completions.create({
      model: await model('cut/2'),
      messages,
      stream: true,
    })
    let text = ''
    const reading = (async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    })()
    await expect(reading).rejects.toThrow(OpenAI.APIError)
    expect(text).toBe(WORDS.slice(0, 2).join(''))
  })

  test('who stops reading ends the call', async () => {
    const tool = await newModel(`${upstream.url}/stall/1`)
    const stream = await client.chat.completions.create({ model: tool.slug, messages, stream: true })
    for await (const _ of stream) break
    expect(await rowsOf(tool.id)).toMatchObject([{ source: 'partial', error_code: 'CALLER_GONE' }])
    expect(await balanceOf(caller)).toMatchObject({ held: 0 })
  })
})

describe('models', () => {
  test('are listed and shown; an unknown one is the client’s NotFoundError', async () => {
    const slug = await model('normal')
    const ids = []
    for await (const one of client.models.list()) ids.push(one.id)
    expect(ids).toContain(slug)
    expect(await client.models.retrieve(slug)).toMatchObject({ id: slug, object: 'model', owned_by: 'hub' })
    await expect(client.models.retrieve('no-such-model')).rejects.toThrow(OpenAI.NotFoundError)
  })
})

describe('embeddings', () => {
  test('of one text and of several', async () => {
    const slug = await model('normal', { model: { kind: 'embeddings' } })
    const one = await client.embeddings.create({ model: slug, input: 'a text', encoding_format: 'float' })
    expect(one).toMatchObject({ data: [{ index: 0, embedding: [0.1, 0.2, 0] }], usage: { prompt_tokens: 8 } })
    const many = await client.embeddings.create({ model: slug, input: ['a', 'b'], encoding_format: 'float' })
    expect(many.data.map(({ index }) => index)).toEqual([0, 1])
  })
})

describe('errors', () => {
  test('a wrong key is the client’s AuthenticationError', async () => {
    const asking = newOpenAi('wrong-key').chat.completions.create({ model: 'any', messages })
    await expect(asking).rejects.toThrow(OpenAI.AuthenticationError)
  })

  test('a fault of the body is a BadRequestError that names the field', async () => {
    const asking = client.chat.completions.create({ model: await model('normal'), messages: [] })
    await expect(asking).rejects.toMatchObject({
      status: 400,
      param: 'messages',
      type: 'invalid_request_error',
    })
  })

  test('what the provider refuses is a BadRequestError with its words', async () => {
    const asking = client.chat.completions.create({ model: await model('status/400'), messages })
    await expect(asking).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('No, says the provider'),
    })
  })

  test('a spent budget is not asked again; nobody without a plan is either', async () => {
    const poor = await newCaller(5)
    const { fetch, calls } = countingFetch()
    const asking = newOpenAi(poor.key, { fetch }).chat.completions.create({
      model: await model('normal'),
      messages,
    })
    await expect(asking).rejects.toMatchObject({
      status: 403,
      code: 'insufficient_quota',
      type: 'insufficient_quota',
    })
    expect(calls()).toBe(1)
    const { key } = await newKey(await newUser())
    const other = newOpenAi(key, { fetch }).chat.completions.create({
      model: await model('normal'),
      messages,
    })
    await expect(other).rejects.toThrow(OpenAI.PermissionDeniedError)
    expect(calls()).toBe(2)
  })

  test('a model that is down for a moment is asked again by the client', async () => {
    const { fetch, calls } = countingFetch()
    const slug = await model('reset')
    const asking = newOpenAi(caller.key, { fetch, maxRetries: 1 }).chat.completions.create({
      model: slug,
      messages,
    })
    await expect(asking).rejects.toThrow(OpenAI.InternalServerError)
    expect(calls()).toBe(2)
  })

  test('a time limit of the client’s own', async () => {
    const tool = await newModel(`${upstream.url}/slow/60000`)
    const options = { timeout: 2_000, maxRetries: 0 }
    const asking = client.chat.completions.create({ model: tool.slug, messages }, options)
    await expect(asking).rejects.toThrow(OpenAI.APIConnectionError)
    expect(await rowsOf(tool.id)).toMatchObject([{ source: 'partial', error_code: 'CALLER_GONE' }])
    expect(await balanceOf(caller)).toMatchObject({ held: 0 })
  })
})
