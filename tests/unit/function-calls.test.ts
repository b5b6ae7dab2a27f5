import { beforeAll, describe, expect, test } from '@jest/globals'
import { modelAdapters } from '../../src/domain/models/adapters'
import { withCallIds, withCallsInOrder } from '../../src/domain/models/call-history'
import { toChatBody } from '../../src/http/openai/responses-request'
import { ResponseWriter } from '../../src/http/openai/responses-stream'
import { InProcessUpstream } from '../support/in-process-upstream'
import { useSettings } from '../tools/fixture'
import { askOf, chunk, context, type Json, KINDS, readStream, sse } from './wire-setup'

/**
 * Protects against calls of functions that a client cannot read or answer: servers leave ids out, send them late or
 * twice, repeat names, put all calls under one index, and send arguments as objects or not at all.
 */
let upstream: InProcessUpstream

beforeAll(() => {
  useSettings()
  upstream = new InProcessUpstream().install()
})

const OSLO = '{"city":"Oslo"}'
const BERGEN = '{"city":"Bergen"}'
const call = (more: Json, name?: unknown, args?: unknown): Json => ({
  ...more,
  function: { ...(name === undefined ? {} : { name }), ...(args === undefined ? {} : { arguments: args }) },
})
const typed = { type: 'function' }

type Found = { id: string; name: string; arguments: string }

/** What a client makes of a stream: pieces by their index, the first with the id and the name. */
function gather(events: Json[]): Found[] {
  const found: Found[] = []
  for (const { choices } of events) {
    const delta = (choices as { delta: { tool_calls?: Json[] } }[])[0]?.delta
    for (const piece of delta?.tool_calls ?? []) {
      const asked = piece.function as { name?: string; arguments?: unknown }
      const at = piece.index as number
      const known = found[at]
      if (!known) {
        expect(piece).toMatchObject({ type: 'function', id: expect.stringMatching(/./) })
        found[at] = {
          id: piece.id as string,
          name: asked.name as string,
          arguments: asked.arguments as string,
        }
      } else {
        expect([piece.id ?? null, asked.name ?? null]).toEqual([null, null])
        known.arguments += asked.arguments
      }
    }
  }
  return found
}

const both = [
  { name: 'weather', arguments: OSLO },
  { name: 'weather', arguments: BERGEN },
]

/** The pieces of a stream's calls, and the calls that they are. */
const STREAMS: [what: string, pieces: Json[], calls: Partial<Found>[]][] = [
  [
    'as they should be',
    [
      call({ index: 0, id: 'a', ...typed }, 'weather', ''),
      call({ index: 0 }, undefined, '{"city":'),
      call({ index: 0 }, undefined, '"Oslo"}'),
    ],
    [{ id: 'a', name: 'weather', arguments: OSLO }],
  ],
  [
    'arguments as an object',
    [call({ index: 0, id: 'a' }, 'weather', { city: 'Oslo' })],
    [{ id: 'a', arguments: OSLO }],
  ],
  [
    'no arguments',
    [call({ index: 0, id: 'a', ...typed }, 'ping', '')],
    [{ id: 'a', name: 'ping', arguments: '{}' }],
  ],
  ['arguments left out', [call({ index: 0, id: 'a', ...typed }, 'ping')], [{ id: 'a', arguments: '{}' }]],
  ['arguments null', [call({ index: 0, id: 'a', ...typed }, 'ping', null)], [{ id: 'a', arguments: '{}' }]],
  [
    'no id',
    [call({ index: 0 }, 'weather', '{"city":'), call({ index: 0 }, undefined, '"Oslo"}')],
    [{ name: 'weather', arguments: OSLO }],
  ],
  ['an empty id', [call({ index: 0, id: '' }, 'weather', OSLO)], [{ name: 'weather', arguments: OSLO }]],
  [
    'a late id',
    [call({ index: 0 }, 'weather', ''), call({ index: 0, id: 'late' }, undefined, OSLO)],
    [{ id: 'late', name: 'weather', arguments: OSLO }],
  ],
  [
    'a late name',
    [call({ index: 0, id: 'a' }, undefined, '{"city":'), call({ index: 0 }, 'weather', '"Oslo"}')],
    [{ id: 'a', name: 'weather', arguments: OSLO }],
  ],
  [
    'id and name in each piece',
    ['{"ci', 'ty":"Os', 'lo"}'].map((text) => call({ index: 0, id: 'a', ...typed }, 'weather', text)),
    [{ id: 'a', name: 'weather', arguments: OSLO }],
  ],
  [
    'two under index 0',
    [
      call({ index: 0, id: 'a', ...typed }, 'weather', OSLO),
      call({ index: 0, id: 'b', ...typed }, 'weather', BERGEN),
    ],
    [
      { id: 'a', ...both[0] },
      { id: 'b', ...both[1] },
    ],
  ],
  [
    'two under index 0, in pieces',
    [
      call({ index: 0, id: 'a', ...typed }, 'weather', ''),
      call({ index: 0 }, undefined, OSLO),
      call({ index: 0, id: 'b', ...typed }, 'weather', ''),
      call({ index: 0 }, undefined, BERGEN),
    ],
    [
      { id: 'a', ...both[0] },
      { id: 'b', ...both[1] },
    ],
  ],
  [
    'two without an index',
    [call({ id: 'a' }, 'weather', OSLO), call({ id: 'b' }, 'weather', BERGEN)],
    [
      { id: 'a', ...both[0] },
      { id: 'b', ...both[1] },
    ],
  ],
  ['two without index and id', [call({}, 'weather', OSLO), call({}, 'weather', BERGEN)], both],
  [
    'two with one id',
    [call({ index: 0, id: 'x' }, 'weather', OSLO), call({ index: 1, id: 'x' }, 'weather', BERGEN)],
    both,
  ],
  [
    'two with one id and one index',
    [call({ index: 0, id: 'x' }, 'weather', OSLO), call({ index: 0, id: 'x' }, 'weather', BERGEN)],
    both,
  ],
  [
    'in turns',
    [
      call({ index: 0, id: 'a', ...typed }, 'weather', '{"city":'),
      call({ index: 1, id: 'b', ...typed }, 'weather', '{"city":'),
      call({ index: 0 }, undefined, '"Oslo"}'),
      call({ index: 1 }, undefined, '"Bergen"}'),
    ],
    [
      { id: 'a', ...both[0] },
      { id: 'b', ...both[1] },
    ],
  ],
]

describe.each(STREAMS)('a stream: %s', (_what, pieces, calls) => {
  const play = async (finish: Json[]) => {
    const { adapter, target, ask } = KINDS.chat
    upstream.answer({
      chunks: [
        sse([...pieces.map((piece) => chunk({ tool_calls: [piece] })), ...finish]),
        'data: [DONE]\n\n',
      ],
    })
    const { events, error } = await readStream(await adapter.stream(target, ask, context()))
    expect(error).toBeNull()
    for (const { data, value } of events) expect(JSON.parse(data)).toEqual(value)
    return events.map(({ value }) => value)
  }

  test('chat', async () => {
    for (const finish of [[chunk({}, 'tool_calls')], []]) {
      const found = gather(await play(finish))
      expect(found).toMatchObject(calls)
      expect(found).toHaveLength(calls.length)
      expect(new Set(found.map(({ id }) => id)).size).toBe(calls.length)
    }
  })

  test('as a response', async () => {
    const writer = new ResponseWriter({ id: 'resp_1', createdAt: 0, model: 'm', request: {} })
    for (const value of await play([chunk({}, 'tool_calls')])) writer.push(value)
    const last = writer.finish().at(-1) as { response: { output: Json[] } } | undefined
    const shown = last?.response.output.map(({ call_id, name, arguments: text }) => ({
      id: call_id,
      name,
      arguments: text,
    }))
    expect(shown).toMatchObject(calls)
    expect(JSON.stringify(shown)).not.toContain('undefined')
  })
})

test('pieces that are as they should be pass byte for byte', async () => {
  const { adapter, target, ask } = KINDS.chat
  const events = (STREAMS[0]?.[1] ?? []).map((piece) =>
    JSON.stringify(chunk({ tool_calls: [piece] })).replace('{"id"', '{ "id"'),
  )
  upstream.answer({
    chunks: events.map((data) => `data: ${data}\n\n`).concat(sse([chunk({}, 'tool_calls')])),
  })
  const { events: read } = await readStream(await adapter.stream(target, ask, context()))
  expect(read.slice(0, -1).map(({ data }) => data)).toEqual(events)
})

test.each([
  ['no id', [call({}, 'weather', OSLO)], [both[0]]],
  ['one id twice', [call({ id: 'x' }, 'weather', OSLO), call({ id: 'x' }, 'weather', BERGEN)], both],
  ['an object', [call({ id: 'x' }, 'weather', { city: 'Oslo' })], [{ ...both[0], id: 'x' }]],
  [
    'nothing',
    [call({ id: 'x', ...typed }, 'ping', ''), call({ id: 'y', ...typed }, 'ping')],
    [{ arguments: '{}' }, { arguments: '{}' }],
  ],
])('a whole answer: %s', async (_what, tool_calls, calls) => {
  const { adapter, target, ask } = KINDS.chat
  const message = { role: 'assistant', content: null, tool_calls }
  upstream.answer({
    chunks: [JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'tool_calls' }] })],
  })
  for (const streamed of [false, true]) {
    const answer = streamed ? null : await adapter.complete(target, ask, context())
    const value = answer?.ok
      ? (answer.value.choices as { message: { tool_calls: Json[] } }[])[0]?.message.tool_calls
      : null
    const found = value
      ? value.map((one) => ({ id: one.id as string, ...(one.function as object) }) as Found)
      : gather(
          (await readStream(await adapter.stream(target, ask, context()))).events.map((event) => event.value),
        )
    expect(found).toMatchObject(calls)
    expect(new Set(found.map(({ id }) => id)).size).toBe(calls.length)
    for (const { id } of found) expect(id).toMatch(/./)
  }
})

test('a response of a server that speaks it: a call_id that stays, arguments that are text', async () => {
  const { adapter, target, ask } = KINDS.responses
  const item = { type: 'function_call', name: 'weather', arguments: { city: 'Oslo' } }
  const response = { id: 'r', object: 'response', status: 'completed', output: [item] }
  upstream.answer({ chunks: [JSON.stringify(response)] })
  const whole = await adapter.complete(target, ask, context())
  expect(whole).toMatchObject({
    value: { output: [{ call_id: expect.stringMatching(/./), arguments: OSLO }] },
  })
  upstream.answer({
    chunks: [
      sse([
        { type: 'response.output_item.added', output_index: 0, item: { ...item, arguments: '' } },
        { type: 'response.function_call_arguments.done', output_index: 0, arguments: { city: 'Oslo' } },
        { type: 'response.output_item.done', output_index: 0, item },
        { type: 'response.completed', response },
      ]),
    ],
  })
  const { events } = await readStream(await adapter.stream(target, ask, context()))
  const [added, done, ended, last] = events.map(({ value }) => value) as Json[]
  const id = (added?.item as Json | undefined)?.call_id
  expect(id).toMatch(/./)
  expect(done).toMatchObject({ arguments: OSLO })
  expect(ended).toMatchObject({ item: { call_id: id, arguments: OSLO } })
  expect(last).toMatchObject({ response: { output: [{ call_id: id, arguments: OSLO }] } })
})

describe('what a caller sends back', () => {
  const assistant = (...calls: Json[]): Json => ({ role: 'assistant', content: null, tool_calls: calls })
  const result = (content: string, tool_call_id?: string): Json => ({
    role: 'tool',
    content,
    ...(tool_call_id === undefined ? {} : { tool_call_id }),
  })
  const user = { role: 'user', content: 'And?' }
  const a = call({ id: 'a', ...typed }, 'weather', OSLO)
  const b = call({ id: 'b', ...typed }, 'weather', BERGEN)

  test.each([
    ['in order', [user, assistant(a, b), result('1', 'a'), result('2', 'b'), user]],
    ['without calls', [user]],
  ])('nothing is touched where it is right: %s', (_what, messages) => {
    expect(withCallsInOrder(messages)).toBe(messages)
  })

  test.each([
    ['a message between', [assistant(a), user, result('1', 'a')], [assistant(a), result('1', 'a'), user]],
    [
      'outputs in another order',
      [assistant(a, b), result('2', 'b'), result('1', 'a')],
      [assistant(a, b), result('1', 'a'), result('2', 'b')],
    ],
    ['an output before its call', [result('1', 'a'), assistant(a)], [assistant(a), result('1', 'a')]],
    [
      'calls apart, outputs together',
      [assistant(a), user, assistant(b), result('1', 'a'), result('2', 'b')],
      [assistant(a), result('1', 'a'), user, assistant(b), result('2', 'b')],
    ],
    [
      'an object',
      [assistant(call({ id: 'a', ...typed }, 'weather', { city: 'Oslo' })), result('1', 'a')],
      [assistant(a), result('1', 'a')],
    ],
    [
      'no arguments',
      [assistant(call({ id: 'a', ...typed }, 'ping', '')), result('1', 'a')],
      [assistant(call({ id: 'a', ...typed }, 'ping', '{}')), result('1', 'a')],
    ],
    ['an output that nobody asked for', [user, result('1', 'z')], [user, result('1', 'z')]],
  ])('%s', (_what, messages, expected) => {
    expect(withCallsInOrder(messages)).toEqual(expected)
  })

  test('ids that are missing, or used again in a later turn, become different ones with their results', () => {
    const messages = [
      assistant(call({}, 'weather', OSLO)),
      result('1'),
      assistant(a),
      result('2', 'a'),
      assistant(a),
      result('3', 'a'),
    ]
    const mended = withCallsInOrder(messages) as {
      tool_calls?: Json[]
      tool_call_id?: string
      content: string
    }[]
    const ids = [0, 2, 4].map((at) => mended[at]?.tool_calls?.[0]?.id)
    expect(new Set(ids).size).toBe(3)
    expect([1, 3, 5].map((at) => mended[at]?.tool_call_id)).toEqual(ids)
    expect([1, 3, 5].map((at) => mended[at]?.content)).toEqual(['1', '2', '3'])
  })

  test('the input of a response: outputs without a call_id, arguments as an object', () => {
    const input = [
      { type: 'function_call', name: 'weather', arguments: { city: 'Oslo' } },
      { type: 'function_call_output', output: '1' },
    ]
    const [asked, answered] = withCallIds(input) as Json[]
    expect(asked).toMatchObject({ call_id: expect.stringMatching(/./), arguments: OSLO })
    expect(answered?.call_id).toBe(asked?.call_id)
    const chat = toChatBody({ input: [...input, { role: 'user', content: 'And?' }] }, []) as {
      body: { messages: Json[] }
    }
    expect(chat.body.messages[1]).toMatchObject({
      role: 'tool',
      tool_call_id: expect.stringMatching(/^call_/),
    })
    expect(toChatBody({ input: [{ type: 'function_call_output', output: '1' }] }, [])).toMatchObject({
      faults: [{ field: 'input[0].call_id' }],
    })
  })

  test.each(['anthropic', 'google'] as const)('%s is sent results right after their calls', async (name) => {
    const { target, whole } = KINDS[name]
    upstream.answer({ chunks: [JSON.stringify(whole)] })
    const messages = withCallsInOrder([
      user,
      assistant(call({ id: 'functions.weather:0', ...typed }, 'weather', OSLO)),
      user,
      result('1', 'functions.weather:0'),
    ])
    await modelAdapters[name].complete(target, askOf('chat', { messages }), context())
    const body = upstream.sent.at(-1)?.body ?? ''
    expect(body.search(/tool_use"|functionCall"/)).toBeLessThan(body.search(/tool_result|functionResponse/))
    if (name === 'anthropic') expect(body).toContain('"functions_weather_0"')
  })
})

describe('empty texts and Anthropic', () => {
  const { target, whole } = KINDS.anthropic
  const send = async (messages: Json[]) => {
    upstream.answer({ chunks: [JSON.stringify(whole)] })
    const before = upstream.sent.length
    const answer = await modelAdapters.anthropic.complete(target, askOf('chat', { messages }), context())
    return {
      answer,
      body: upstream.sent.length > before ? (JSON.parse(upstream.sent.at(-1)?.body ?? '') as Json) : null,
    }
  }
  const blank = ['', ' \n']

  test.each(blank)('%j never goes there', async (text) => {
    const { body } = await send([
      { role: 'system', content: text },
      { role: 'user', content: text },
      {
        role: 'user',
        content: [
          { type: 'text', text },
          { type: 'text', text: 'Hi' },
        ],
      },
      { role: 'assistant', content: text },
      { role: 'assistant', content: text, tool_calls: [call({ id: 'a', ...typed }, 'ping', '{}')] },
      { role: 'tool', tool_call_id: 'a', content: text },
      { role: 'user', content: [{ type: 'text', text }] },
      { role: 'assistant', content: text },
    ])
    expect(JSON.stringify(body)).not.toMatch(/"(?:text|content)":"\s*(?:\\n)?"/)
    expect(body).not.toHaveProperty('system')
    expect(body?.messages).toMatchObject([{ role: 'user' }, { role: 'assistant' }, { role: 'user' }])
  })

  test('a conversation of nothing is refused before it is sent', async () => {
    const { answer, body } = await send([{ role: 'user', content: ' ' }])
    expect(body).toBeNull()
    expect(answer).toMatchObject({ refused: { status: 400, message: expect.stringMatching(/^messages: /) } })
  })
})
