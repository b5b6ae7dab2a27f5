import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type OpenAI from 'openai'
import type { ResponseStreamEvent } from 'openai/resources/responses/responses'
import { type Caller, newCaller, newModel, rowsOf } from '../models/setup'
import { type ModelUpstream, startModelUpstream, WORDS } from '../support/model-upstream'
import { type ProviderUpstream, startProviderUpstream } from '../support/provider-upstream'
import { newOpenAi, parameters } from './setup'

let upstream: ModelUpstream
let provider: ProviderUpstream
let caller: Caller
let client: OpenAI

beforeAll(async () => {
  upstream = await startModelUpstream()
  provider = await startProviderUpstream()
  caller = await newCaller(10_000_000)
  client = newOpenAi(caller.key)
})

afterAll(() => Promise.all([upstream.close(), provider.close()]))

const newest = (behaviour: string) => upstream.seen(behaviour).at(-1)?.body
const weather = { type: 'function' as const, name: 'weather', parameters, strict: true }

const EVENTS_OF_A_TEXT = [
  'response.created',
  'response.in_progress',
  'response.output_item.added',
  'response.content_part.added',
  ...WORDS.map(() => 'response.output_text.delta'),
  'response.output_text.done',
  'response.content_part.done',
  'response.output_item.done',
  'response.completed',
]

async function eventsOf(
  body: OpenAI.Responses.ResponseCreateParamsStreaming,
): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = []
  for await (const event of await client.responses.create(body)) events.push(event)
  return events
}

describe('responses by a server that speaks chat alone', () => {
  test('a text: the answer, what was asked, and the usage', async () => {
    const tool = await newModel(`${upstream.url}/normal`)
    const answer = await client.responses.create({
      model: tool.slug,
      instructions: 'Be brief.',
      input: 'Say something.',
      max_output_tokens: 50,
      temperature: 0.5,
      reasoning: { effort: 'low' },
      metadata: { a: 'b' },
    })
    expect(answer.output_text).toBe(WORDS.join(''))
    expect(answer).toMatchObject({
      object: 'response',
      status: 'completed',
      model: tool.slug,
      store: false,
      max_output_tokens: 50,
      metadata: { a: 'b' },
      output: [{ type: 'message', role: 'assistant', status: 'completed' }],
      usage: {
        input_tokens: 20,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens: 10,
        output_tokens_details: { reasoning_tokens: 3 },
        total_tokens: 30,
      },
    })
    expect(newest('normal')).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Say something.' },
      ],
      max_tokens: 50,
      temperature: 0.5,
      reasoning_effort: 'low',
    })
    expect(await rowsOf(tool.id)).toMatchObject([{ status: 'success', tokens: 30, source: 'reported' }])
  })

  test('a conversation with calls of a tool, and JSON by a schema', async () => {
    const { slug } = await newModel(`${upstream.url}/normal`)
    await client.responses.create({
      model: slug,
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What is this?' },
            { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'low' },
          ],
        },
        { type: 'reasoning', id: 'rs_1', summary: [] },
        { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Oslo"}' },
        { type: 'function_call', call_id: 'call_2', name: 'weather', arguments: '{"city":"Bergen"}' },
        { type: 'function_call_output', call_id: 'call_1', output: 'Rain.' },
        { type: 'function_call_output', call_id: 'call_2', output: 'Snow.' },
      ],
      tools: [weather],
      tool_choice: { type: 'function', name: 'weather' },
      text: { format: { type: 'json_schema', name: 'x', schema: parameters, strict: true } },
    })
    const call = (id: string, city: string) => ({
      id,
      type: 'function',
      function: { name: 'weather', arguments: `{"city":"${city}"}` },
    })
    expect(newest('normal')).toMatchObject({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
          ],
        },
        { role: 'assistant', content: null, tool_calls: [call('call_1', 'Oslo'), call('call_2', 'Bergen')] },
        { role: 'tool', tool_call_id: 'call_1', content: 'Rain.' },
        { role: 'tool', tool_call_id: 'call_2', content: 'Snow.' },
      ],
      tools: [{ type: 'function', function: { name: 'weather', strict: true } }],
      tool_choice: { type: 'function', function: { name: 'weather' } },
      response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema: parameters } },
    })
  })

  test('a call of a tool, whole and as a stream', async () => {
    const { slug } = await newModel(`${upstream.url}/tools`)
    const body = { model: slug, input: 'The weather?', tools: [weather] }
    const call = { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Oslo"}' }
    expect((await client.responses.create(body)).output).toMatchObject([call])
    const events = await eventsOf({ ...body, stream: true })
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(events.at(-1)).toMatchObject({ response: { output: [call], usage: { total_tokens: 30 } } })
  })

  test('a stream tells every step in order, numbered, and ends with the whole response', async () => {
    const { slug } = await newModel(`${upstream.url}/normal`)
    const events = await eventsOf({ model: slug, input: 'Say something.', stream: true })
    expect(events.map(({ type }) => type)).toEqual(EVENTS_OF_A_TEXT)
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, at) => at))
    const ids = events.flatMap((event) => ('item_id' in event ? [event.item_id] : []))
    expect(new Set(ids).size).toBe(1)
    expect(events.at(-1)).toMatchObject({
      response: { status: 'completed', output: [{ id: ids[0], content: [{ text: WORDS.join('') }] }] },
    })
  })

  /** A chat may go on with any of its calls: none may be told as done before its last piece. */
  test('calls whose arguments come in turns are whole, and each is done once', async () => {
    const { slug } = await newModel(`${upstream.url}/interleaved`)
    const body = { model: slug, input: 'The weather?', tools: [weather] }
    const events = await eventsOf({ ...body, stream: true })
    const output = [
      { type: 'message', status: 'completed', content: [{ text: 'Let me see.' }] },
      { type: 'function_call', status: 'completed', call_id: 'call_1', arguments: '{"city":"Oslo"}' },
      { type: 'function_call', status: 'completed', call_id: 'call_2', arguments: '{"city":"Bergen"}' },
      { type: 'message', status: 'completed', content: [{ text: 'Two cities.' }] },
    ]
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { output } })
    const at = (type: string) => events.flatMap((event) => (event.type === type ? [event] : []))
    for (const type of ['response.output_item.added', 'response.output_item.done'])
      expect(
        at(type)
          .map((event) => 'output_index' in event && event.output_index)
          .sort(),
      ).toEqual([0, 1, 2, 3])
    const done = new Set<unknown>()
    for (const event of events) {
      if (!('output_index' in event)) continue
      expect(done).not.toContain(event.output_index)
      if (event.type === 'response.output_item.done') done.add(event.output_index)
    }
    expect((await client.responses.stream(body).finalResponse()).output).toMatchObject(output)
  })

  test.each(['0', ''])('calls that come whole under one index, or none, are two (%j)', async (index) => {
    const { slug } = await newModel(`${upstream.url}/whole-calls/${index || 'none'}`)
    const events = await eventsOf({ model: slug, input: 'The weather?', tools: [weather], stream: true })
    expect(events.at(-1)).toMatchObject({
      response: {
        output: [
          { call_id: 'call_1', arguments: '{"city":"Oslo"}' },
          { call_id: 'call_2', arguments: '{"city":"Bergen"}' },
        ],
      },
    })
  })

  test('reasoning that is referred to is left out, as it is where it is sent itself', async () => {
    const { slug } = await newModel(`${upstream.url}/normal`)
    const input = [
      { role: 'user' as const, content: 'Think.' },
      { type: 'item_reference' as const, id: 'rs_1_0' },
    ]
    expect(await client.responses.create({ model: slug, input })).toMatchObject({ status: 'completed' })
    expect(newest('normal')?.messages).toEqual([{ role: 'user', content: 'Think.' }])
  })

  test('the helpers of the client gather it: the stream, and what is parsed by a schema', async () => {
    const { slug } = await newModel(`${upstream.url}/normal`)
    let text = ''
    const stream = client.responses.stream({ model: slug, input: 'Say something.' })
    stream.on('response.output_text.delta', ({ delta }) => {
      text += delta
    })
    expect((await stream.finalResponse()).output_text).toBe(WORDS.join(''))
    expect(text).toBe(WORDS.join(''))
    const tools = await newModel(`${upstream.url}/tools`)
    const parsed = await client.responses.parse({
      model: tools.slug,
      input: 'The weather?',
      tools: [weather],
    })
    expect(parsed.output[0]).toMatchObject({ type: 'function_call', parsed_arguments: { city: 'Oslo' } })
  })

  test('a stream that is cut ends as response.failed, and is charged in part', async () => {
    const tool = await newModel(`${upstream.url}/cut/2`)
    const events = await eventsOf({ model: tool.slug, input: 'Say something.', stream: true })
    expect(events.at(-1)).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'tool_unavailable' } },
    })
    expect(await rowsOf(tool.id)).toMatchObject([{ status: 'error', source: 'partial' }])
  })

  test.each(['anthropic', 'google'])(
    '%s: reasoning is an item of its own, and so is a cut-off told',
    async (adapter) => {
      const name = adapter === 'google' ? 'gemini-3-pro' : 'claude-sonnet-4-5'
      const thinking = await newModel(`${provider.url}/${adapter}/thinking`, { adapter, model: { name } })
      const whole = await client.responses.create({ model: thinking.slug, input: 'Think.' })
      const output = [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Let me see.' }] },
        { type: 'message', content: [{ type: 'output_text', text: 'The quick fox.' }] },
      ]
      expect(whole.output).toMatchObject(output)
      const final = await client.responses.stream({ model: thinking.slug, input: 'Think.' }).finalResponse()
      expect(final.output).toMatchObject(output)
      const short = await newModel(`${provider.url}/${adapter}/short`, { adapter, model: { name } })
      const ended = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
      expect(await client.responses.create({ model: short.slug, input: 'Go on.' })).toMatchObject(ended)
      const events = await eventsOf({ model: short.slug, input: 'Go on.', stream: true })
      expect(events.at(-1)).toMatchObject({ type: 'response.incomplete', response: ended })
    },
  )

  test.each([
    [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ conversation: 'conv_1' }, 'conversation'],
    [{ background: true }, 'background'],
    [{ tools: [{ type: 'web_search' }] }, 'tools[0]'],
    [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0]'],
    [
      { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'file_1' }] }] },
      'input[0].content[0].file_id',
    ],
    [{ top_logprobs: 3 }, 'top_logprobs'],
    [{ include: ['message.output_text.logprobs'] }, 'include'],
    [{ max_output_tokens: 0 }, 'max_output_tokens'],
    [{ input: [] }, 'input'],
  ])('what it does not do is a 400 that names the field: %j', async (more, param) => {
    const { slug } = await newModel(`${upstream.url}/normal`)
    const body = {
      model: slug,
      input: 'Say something.',
      ...more,
    } as OpenAI.Responses.ResponseCreateParamsNonStreaming
    await expect(client.responses.create(body)).rejects.toMatchObject({ status: 400, param })
  })
})
