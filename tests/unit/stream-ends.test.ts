import { beforeAll, describe, expect, test } from '@jest/globals'
import { StreamBroken } from '../../src/domain/models/adapter'
import { InProcessUpstream, type Script } from '../support/in-process-upstream'
import { useSettings } from '../tools/fixture'
import { type ApiName, askOf, chunk, context, type Json, KINDS, readStream, sse, told } from './wire-setup'

/**
 * Protects against answers that are whole and taken for cut, and against cut ones that are taken for whole: servers end
 * their streams in many ways.
 */
let upstream: InProcessUpstream

beforeAll(() => {
  useSettings()
  upstream = new InProcessUpstream().install()
})

const names = Object.keys(KINDS) as ApiName[]

async function play(name: ApiName, script: Script, body: Json = {}) {
  const { adapter, target, ask } = KINDS[name]
  upstream.answer(script)
  return readStream(await adapter.stream(target, askOf(ask.api, body), context()))
}

const text = (name: ApiName) => sse([...KINDS[name].begin, ...KINDS[name].finish])

/** Whatever stands at the end of a stream that is whole, after its last event. */
const ENDINGS: [what: string, script: (name: ApiName) => Script][] = [
  ['an orderly end', (name) => ({ chunks: [text(name)] })],
  ['no blank line', (name) => ({ chunks: [text(name).replace(/\n+$/, '')] })],
  ['one line feed', (name) => ({ chunks: [text(name).replace(/\n+$/, '\n')] })],
  ['one carriage return', (name) => ({ chunks: [text(name).replace(/\n+$/, '\r')] })],
  ['one CR LF', (name) => ({ chunks: [text(name).replace(/\n+$/, '\r\n')] })],
  [
    'CR alone as line ends, then silence',
    (name) => ({ chunks: [text(name).replaceAll('\n', '\r')], end: 'silence' }),
  ],
  [
    'CR LF, parted by chunks',
    (name) => ({
      chunks: [
        ...text(name)
          .replaceAll('\n', '\r\n')
          .split(/(?<=\r)/),
      ],
    }),
  ],
  [
    'every byte by itself',
    (name) => ({ chunks: [...Buffer.from(text(name))].map((byte) => Uint8Array.of(byte)) }),
  ],
  ['[DONE]', (name) => ({ chunks: [text(name), 'data: [DONE]\n\n'] })],
  ['[DONE] with a space after it', (name) => ({ chunks: [text(name), 'data: [DONE] \n\n'] })],
  [
    '[DONE] without a space before it',
    (name) => ({ chunks: [text(name), 'data:[DONE]\n\n'], end: 'silence' }),
  ],
  ['[DONE] without its blank line', (name) => ({ chunks: [text(name), 'data: [DONE]'] })],
  [
    'empty data and comments as keep-alives',
    (name) => ({ chunks: [': hi\n\ndata:\n\n', text(name), 'data: \n\n:\n\n'] }),
  ],
  ['a byte order mark', (name) => ({ chunks: [`\uFEFF${text(name)}`] })],
  ['silence', (name) => ({ chunks: [text(name)], end: 'silence' })],
  ['pings', (name) => ({ chunks: [text(name)], end: 'pings' })],
  ['a reset', (name) => ({ chunks: [text(name)], end: 'reset' })],
  ['half of a further event', (name) => ({ chunks: [text(name), 'data: {"id": "x'], end: 'close' })],
  [
    'a media type in capitals',
    (name) => ({ chunks: [text(name)], headers: { 'content-type': 'Text/Event-Stream' } }),
  ],
  ['a wrong media type', (name) => ({ chunks: [text(name)], headers: { 'content-type': 'text/plain' } })],
]

describe.each(names)('%s', (name) => {
  test.each(ENDINGS)('whole: %s', async (_what, script) => {
    const { events, error } = await play(name, script(name))
    expect(error).toBeNull()
    expect(told(events)).toEqual({ text: 'Hello.', output: 10 })
  })

  test.each([
    ['an orderly end', { end: 'close' }],
    ['a reset', { end: 'reset' }],
    ['half of an event', { more: 'data: {"id": "x' }],
  ] as const)(
    'cut: %s',
    async (_what, { end = 'close', more = '' }: { end?: 'close' | 'reset'; more?: string }) => {
      const { error } = await play(name, { chunks: [sse(KINDS[name].begin), more].filter(Boolean), end })
      expect(error).toBeInstanceOf(StreamBroken)
      expect((error as StreamBroken).failure).toMatchObject({ code: 'TOOL_UNAVAILABLE', health: 'down' })
    },
  )

  test('silence without an end is not taken for one', async () => {
    const { adapter, target, ask } = KINDS[name]
    const gone = new AbortController()
    upstream.answer({ chunks: [sse(KINDS[name].begin)], end: 'silence' })
    const stream = await adapter.stream(target, ask, context(gone.signal))
    const reading = readStream(stream)
    setTimeout(() => gone.abort(), 50)
    expect((await reading).error).toBeInstanceOf(StreamBroken)
  })

  test('a whole answer in place of a stream is read', async () => {
    const { whole } = KINDS[name]
    for (const type of ['application/json', 'Application/JSON; charset=utf-8', 'text/event-stream']) {
      const chunks = [`\uFEFF\n${JSON.stringify(whole, null, 2)}`]
      const { events, error } = await play(name, { chunks, headers: { 'content-type': type } })
      expect(error).toBeNull()
      expect(told(events)).toEqual({ text: 'Hello.', output: 10 })
    }
  })

  test('a stream in place of a whole answer is read', async () => {
    const { adapter, target, ask } = KINDS[name]
    upstream.answer({ chunks: [`data\n\n${text(name)}`], headers: { 'content-type': 'application/json' } })
    const answer = await adapter.complete(target, ask, context())
    expect(answer).toMatchObject({ ok: true, usage: { inputTokens: 20, outputTokens: 10 } })
    expect(JSON.stringify(answer)).toContain('Hello.')
    upstream.answer({ chunks: [sse(KINDS[name].begin)] })
    expect(await adapter.complete(target, ask, context())).toMatchObject({ ok: false })
    for (const end of ['silence', 'pings', 'reset'] as const) {
      upstream.answer({ chunks: [text(name)], end })
      expect(await adapter.complete(target, ask, context())).toMatchObject({ ok: true })
    }
  })

  test('a whole answer with a byte order mark and characters parted by chunks', async () => {
    const { adapter, target, ask, whole } = KINDS[name]
    const bytes = Buffer.from(`\uFEFF${JSON.stringify(whole).replace('Hello.', 'Grüße 🦊')}`)
    upstream.answer({ chunks: [...bytes].map((byte) => Uint8Array.of(byte)) })
    const answer = await adapter.complete(target, ask, context())
    expect(JSON.stringify(answer)).toContain('Grüße 🦊')
  })

  test('characters parted by chunks in a stream', async () => {
    const bytes = Buffer.from(text(name).replaceAll('Hel', 'Grüße 🦊'))
    const { events } = await play(name, { chunks: [...bytes].map((byte) => Uint8Array.of(byte)) })
    expect(told(events).text).toBe('Grüße 🦊lo.')
  })

  test('an event of several lines', async () => {
    const { begin, finish } = KINDS[name]
    const lines = [...begin, ...finish].map(
      (event) => `data: ${JSON.stringify(event, null, 1).replaceAll('\n', '\ndata: ')}\n\n`,
    )
    const { events, error } = await play(name, { chunks: lines })
    expect(error).toBeNull()
    expect(told(events).text).toBe('Hello.')
  })

  test('a compressed answer is refused in so many words', async () => {
    const { adapter, target, ask } = KINDS[name]
    upstream.answer({ chunks: [Uint8Array.of(31, 139, 8)], headers: { 'content-encoding': 'GZIP' } })
    for (const answer of [
      await adapter.complete(target, ask, context()),
      await adapter.stream(target, ask, context()),
    ])
      expect(answer).toMatchObject({
        code: 'TOOL_BAD_RESPONSE',
        logMessage: expect.stringContaining('compressed'),
      })
    expect(upstream.sent.at(-1)?.headers['accept-encoding']).toBe('identity')
  })
})

describe('chat', () => {
  const { begin, finish } = KINDS.chat
  const cases: [what: string, events: Json[], body: Json, isWhole: boolean, done?: boolean][] = [
    ['an empty finish reason', [...begin, chunk({}, '')], {}, false],
    ['the word null as finish reason', [...begin, chunk({}, 'null')], {}, false],
    ['an empty finish reason, then [DONE]', [...begin, chunk({}, '')], {}, true, true],
    ['no finish reason, then [DONE]', begin, {}, true, true],
    [
      'one of two choices finished',
      [...begin, chunk({ content: 'x' }, null, 1), chunk({}, 'stop')],
      { n: 2 },
      false,
    ],
    ['one of two choices begun', [...begin, chunk({}, 'stop')], { n: 2 }, false],
    [
      'one of two choices finished, then [DONE]',
      [...begin, chunk({ content: 'x' }, null, 1), chunk({}, 'stop')],
      { n: 2 },
      false,
      true,
    ],
    [
      'both choices finished',
      [...begin, chunk({ content: 'x' }, 'stop', 1), chunk({}, 'length')],
      { n: 2 },
      true,
    ],
    ['a server that knows no second choice', [...begin, chunk({}, 'stop')], { n: 2 }, true, true],
    ['an error after the end', [...begin, ...finish, { error: { message: 'late' } }], {}, true],
    ['objects that say nothing as keep-alives', [{}, ...begin, {}, ...finish, { type: 'ping' }], {}, true],
    ['a choice that ended with an error', [...begin, chunk({}, 'error')], {}, false, true],
  ]
  test.each(cases)('%s', async (_what, events, body, isWhole, done = false) => {
    for (const end of ['close', 'reset'] as const) {
      const { error } = await play(
        'chat',
        { chunks: [sse(events), done ? 'data: [DONE]\n\n' : ': end\n\n'], end },
        body,
      )
      if (isWhole) expect(error).toBeNull()
      else expect(error).toBeInstanceOf(StreamBroken)
    }
  })

  test('the usage is waited for after the end, and what comes then is told', async () => {
    const { events, error } = await play('chat', {
      chunks: [sse(begin), sse(finish.slice(0, 1)), ': ping\n\n', sse(finish.slice(1))],
      end: 'silence',
    })
    expect(error).toBeNull()
    expect(told(events).output).toBe(10)
  })

  test('silence without usage ends after two seconds', async () => {
    const startedAt = performance.now()
    const { error } = await play('chat', { chunks: [sse(begin), sse(finish.slice(0, 1))], end: 'pings' })
    expect(error).toBeNull()
    expect(performance.now() - startedAt).toBeGreaterThan(1_500)
    expect(upstream.left).toBeGreaterThan(0)
  })
})

test('a response that ends by [DONE] alone was cut', async () => {
  const { error } = await play('responses', { chunks: [sse(KINDS.responses.begin), 'data: [DONE]\n\n'] })
  expect(error).toBeInstanceOf(StreamBroken)
})

test("Anthropic's stream without its last event is whole once it said why it stopped; unknown events are passed over", async () => {
  const { begin, finish } = KINDS.anthropic
  const events = [
    ...begin,
    { type: 'of_the_future', x: 1 },
    ...finish,
    { type: 'message_stop' },
    { type: 'ping' },
  ]
  const { events: read, error } = await play('anthropic', { chunks: [sse(events)], end: 'silence' })
  expect(error).toBeNull()
  expect(
    read.filter(({ value }) => (value.choices as { finish_reason: unknown }[])[0]?.finish_reason),
  ).toHaveLength(1)
})

test("Google's finish reason that is empty is no end", async () => {
  for (const finishReason of ['', 'FINISH_REASON_UNSPECIFIED']) {
    const end = { candidates: [{ content: { role: 'model', parts: [] }, finishReason, index: 0 }] }
    const { error } = await play('google', { chunks: [sse([...KINDS.google.begin, end])] })
    expect(error).toBeInstanceOf(StreamBroken)
  }
})
