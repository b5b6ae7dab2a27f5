import { beforeAll, describe, expect, test } from '@jest/globals'
import { type ModelFailure, StreamBroken } from '../../src/domain/models/adapter'
import { wordsOfBody } from '../../src/domain/models/provider-words'
import { quotable } from '../../src/domain/tools/quotable'
import { InProcessUpstream } from '../support/in-process-upstream'
import { useSettings } from '../tools/fixture'
import { type ApiName, askOf, context, type Json, KINDS, readStream, SECRET, sse } from './wire-setup'

/**
 * Protects against errors whose words are lost, or that say too much: what a provider says of a request reaches its
 * caller in whichever form it comes, bounded and without what is the hub's.
 */
let upstream: InProcessUpstream

beforeAll(() => {
  useSettings()
  upstream = new InProcessUpstream().install()
})

const NEUTRAL = 'The model refused the request.'

test.each([
  [
    'OpenAI',
    {
      error: {
        message: 'too long',
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
        param: 'messages',
      },
    },
    'too long',
    'context_length_exceeded',
    'messages',
  ],
  [
    'Anthropic',
    {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' },
    },
    'prompt is too long: 210000 tokens > 200000 maximum',
    'context_length_exceeded',
    null,
  ],
  [
    'Google',
    {
      error: {
        code: 400,
        message: 'The input token count exceeds the maximum number of tokens allowed',
        status: 'INVALID_ARGUMENT',
      },
    },
    /token count/,
    'context_length_exceeded',
    null,
  ],
  ['a list', [{ error: { code: 400, message: 'no', status: 'INVALID_ARGUMENT' } }], 'no', null, null],
  ['a text as error', { error: 'no' }, 'no', null, null],
  ['a message', { message: 'no', code: 'made_up' }, 'no', null, null],
  ['a detail', { detail: 'no' }, 'no', null, null],
  [
    'a list of details',
    { detail: [{ loc: ['body', 'messages', 0, 'role'], msg: 'field required', type: 'missing' }] },
    'messages.0.role: field required',
    null,
    'messages.0.role',
  ],
  ['a detail within a message', { message: { detail: [{ msg: 'no' }] } }, 'no', null, null],
  ['errors', { errors: [{ message: 'a' }, { message: 'b' }] }, 'a; b', null, null],
  [
    'vLLM',
    {
      object: 'error',
      message: "This model's maximum context length is 4096 tokens.",
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
    /4096/,
    'context_length_exceeded',
    null,
  ],
  ['a text', 'no such thing', 'no such thing', null, null],
  ['a page', '<html><body>Bad Gateway of 10.0.0.3</body></html>', NEUTRAL, null, null],
  ['half of JSON', '{"error": {"mess', NEUTRAL, null, null],
  ['nothing', '', NEUTRAL, null, null],
  [
    'a title, and words beside it',
    { error: 'Bad Request', message: 'no', statusCode: 400 },
    'no',
    null,
    null,
  ],
  ['words beside an empty error', { error: {}, message: 'no' }, 'no', null, null],
  ['words beside a mark', { error: true, message: 'no' }, 'no', null, null],
  ['a title alone', { title: 'no', status: 400 }, 'no', null, null],
  ['the whole request behind it', { detail: [{ msg: 'no', input: 'x'.repeat(500_000) }] }, 'no', null, null],
  ['brackets without end', `{"error":${'['.repeat(7_000)}${']'.repeat(7_000)}}`, NEUTRAL, null, null],
  ['a code that is no code', { error: { message: 'x', code: { a: 1 }, param: '<b>' } }, 'x', null, null],
])('%s', (_what, body, message, code, param) => {
  const words = wordsOfBody(typeof body === 'string' ? body : JSON.stringify(body))
  if (message instanceof RegExp) expect(words.message).toMatch(message)
  else expect(words.message).toBe(message)
  expect([words.code, words.param]).toEqual([code, param])
})

describe('what is shown', () => {
  const to = {
    baseUrl: 'http://model.lan:8000/v1',
    headers: { 'x-other': 'other-secret' },
    secrets: ['sk-planted'],
  }
  test.each([
    ['key sk-planted and other-secret', 'key *** and ***'],
    ['Incorrect API key provided: sk-abcd****wxyz.', 'Incorrect API key provided: ***.'],
    ['connect ECONNREFUSED 10.1.2.3:443', 'connect ECONNREFUSED ***'],
    ['at model.lan:8000, http://model.lan:8000/v1/chat?key=1', 'at ***, ***'],
    ['see https://platform.openai.com/docs/errors', 'see https://platform.openai.com/docs/errors'],
    ['http://user:pass@example.com/', '***'],
    ['db.prod.svc and localhost:5432', '*** and ***'],
    ['File "/usr/lib/python3/x.py", line 3', 'File "***", line 3'],
    ['one\r\ntwo\u0000\u001b[31m\u2028three', 'one two [31m three'],
  ])('%j', (text, shown) => {
    expect(quotable(text, to)).toBe(shown)
  })

  test('at most 500 characters, and no part of a secret at the cut', () => {
    for (let before = 480; before < 505; before += 1)
      expect(quotable(`${'x'.repeat(before)}sk-planted`, to)).not.toMatch(/sk|lant/)
    expect(quotable('🦊'.repeat(1_000), to).length).toBeLessThanOrEqual(500)
    expect(quotable('🦊'.repeat(1_000), to)).not.toMatch(/\p{Surrogate}/u)
  })
})

const names = Object.keys(KINDS) as ApiName[]

describe.each(names)('%s', (name) => {
  const { adapter, target, ask, begin } = KINDS[name]
  const refusal = {
    error: {
      message: `too long, says ${SECRET}`,
      type: 'invalid_request_error',
      code: 'context_length_exceeded',
    },
  }

  test('by its status', async () => {
    upstream.answer({ status: 400, chunks: [JSON.stringify(refusal)] })
    for (const answer of [
      await adapter.complete(target, ask, context()),
      await adapter.stream(target, ask, context()),
    ])
      expect(answer).toMatchObject({
        tryNext: false,
        refused: { status: 400, message: 'too long, says ***', code: 'context_length_exceeded' },
      })
  })

  test('within an answer of status 200, and as the first event', async () => {
    upstream.answer({ chunks: [JSON.stringify(refusal)] })
    expect(await adapter.complete(target, ask, context())).toMatchObject({
      ok: false,
      tryNext: false,
      refused: { message: 'too long, says ***' },
    })
    expect(await adapter.stream(target, ask, context())).toMatchObject({
      ok: false,
      refused: { message: 'too long, says ***' },
    })
    upstream.answer({ chunks: [sse([refusal])] })
    expect(await adapter.stream(target, ask, context())).toMatchObject({
      ok: false,
      tryNext: false,
      refused: { code: 'context_length_exceeded' },
    })
  })

  test('late in a stream', async () => {
    const errors: [Json, string][] = [
      [{ error: { message: 'it broke', type: 'server_error' } }, 'it broke'],
      [{ type: 'error', error: { type: 'api_error', message: 'it broke' } }, 'it broke'],
      [{ error: 'it broke' }, 'it broke'],
      [{ type: 'error', message: 'it broke', code: 'server_error' }, 'it broke'],
      [{ object: 'error', message: 'it broke', code: 50_001 }, 'it broke'],
      [{ message: 'it broke' }, 'it broke'],
      [{ detail: [{ msg: 'it broke' }] }, 'it broke'],
      [{ error: true, message: 'it broke' }, 'it broke'],
    ]
    for (const [error, message] of errors) {
      upstream.answer({ chunks: [sse([...begin, error])] })
      const { error: thrown } = await readStream(await adapter.stream(target, ask, context()))
      expect(thrown).toBeInstanceOf(StreamBroken)
      expect((thrown as StreamBroken).failure.said).toMatchObject({ message })
    }
  })

  test.each([
    { message: 'it broke' },
    { detail: 'it broke' },
    { object: 'error', message: 'it broke' },
    { errors: ['it broke'] },
    { error: {}, message: 'it broke' },
  ])('as words alone, in the place of an answer: %j', async (words) => {
    upstream.answer({ chunks: [JSON.stringify(words)] })
    for (const answer of [
      await adapter.complete(target, ask, context()),
      await adapter.stream(target, ask, context()),
    ])
      expect(answer).toMatchObject({ ok: false, isTold: true, said: { message: 'it broke' } })
  })

  test('by a status, nested without end: refused as by its status, and the server is no worse for it', async () => {
    upstream.answer({ status: 400, chunks: [`{"detail":${'['.repeat(7_000)}${']'.repeat(7_000)}}`] })
    expect(await adapter.complete(target, ask, context())).toMatchObject({
      health: 'up',
      refused: { status: 400, message: NEUTRAL },
    })
  })

  test("what is the account's is not told", async () => {
    for (const error of [
      { message: 'bad key', type: 'authentication_error' },
      { message: 'slow down', type: 'rate_limit_error' },
      { message: 'pay', code: 'insufficient_quota' },
    ]) {
      upstream.answer({ chunks: [sse([...begin, { error }])] })
      const { error: thrown } = await readStream(await adapter.stream(target, ask, context()))
      const { failure } = thrown as StreamBroken
      expect([failure.said, failure.refused]).toEqual([undefined, undefined])
    }
  })
})

test('a failed response, whole and as a stream, is an error with its words', async () => {
  const { adapter, target, ask, begin } = KINDS.responses
  const response = {
    id: 'r',
    object: 'response',
    status: 'failed',
    output: [],
    error: { code: 'server_error', message: 'it broke' },
  }
  upstream.answer({ chunks: [JSON.stringify(response)] })
  expect(await adapter.complete(target, ask, context())).toMatchObject({
    ok: false,
    said: { message: 'it broke' },
  })
  upstream.answer({ chunks: [sse([...begin, { type: 'response.failed', response }])] })
  const { error } = await readStream(await adapter.stream(target, ask, context()))
  expect((error as StreamBroken).failure.said).toMatchObject({ message: 'it broke' })
})

describe('the field with the most output', () => {
  const { adapter, ask: _ask, whole } = KINDS.chat
  const refused = (message: string, status = 400) => ({
    status,
    chunks: [JSON.stringify({ error: { message } })],
  })
  const at = (model: string, baseUrl = 'https://models.example/v1') => ({
    ...KINDS.chat.target,
    baseUrl,
    upstream: { ...KINDS.chat.target.upstream, model },
  })
  const send = async (model: string, body: Json, baseUrl?: string) => {
    const before = upstream.sent.length
    const answer = await adapter.complete(at(model, baseUrl), askOf('chat', body), context())
    return { answer, sent: upstream.sent.slice(before).map(({ body: text }) => JSON.parse(text) as Json) }
  }
  const ok = { chunks: [JSON.stringify(whole)] }

  test.each([
    [{}, 'max_tokens'],
    [{ max_tokens: 5 }, 'max_tokens'],
    [{ max_completion_tokens: 5 }, 'max_completion_tokens'],
  ])('is the one that the caller used: %j', async (body, field) => {
    upstream.answer(ok)
    const { sent } = await send('a', body)
    expect(sent).toHaveLength(1)
    expect(Object.keys(sent[0] ?? {}).filter((name) => name.startsWith('max_'))).toEqual([field])
    expect(sent[0]).toMatchObject({ [field]: 100, stream: false })
  })

  test('is the newer one at OpenAI', async () => {
    upstream.answer(ok)
    const { sent } = await send('a', { max_tokens: 5 }, 'https://api.openai.com/v1')
    expect(sent).toMatchObject([{ max_completion_tokens: 100 }])
  })

  test.each([
    [
      'b',
      400,
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      {},
      'max_completion_tokens',
    ],
    [
      'c',
      422,
      'body.max_completion_tokens: Extra inputs are not permitted',
      { max_completion_tokens: 5 },
      'max_tokens',
    ],
  ])('is tried once more as the other, and remembered (%s)', async (model, status, message, body, field) => {
    upstream.answer(({ body: text }) => (field in (JSON.parse(text) as Json) ? ok : refused(message, status)))
    const first = await send(model, body)
    expect(first.answer.ok).toBe(true)
    expect(first.sent).toHaveLength(2)
    const second = await send(model, body)
    expect(second.sent).toMatchObject([{ [field]: 100 }])
    expect(second.sent).toHaveLength(1)
  })

  test.each([
    ['its number', 'max_tokens is too large: 100. This model supports at most 50.', 1],
    ['a number that is compared', 'max_tokens: 100 > 50, which is the maximum allowed', 1],
    ['a least number', "Invalid 'max_tokens': integer below minimum value. Expected a value >= 116", 1],
    ['another field', 'temperature is not supported', 1],
    ['both fields', 'max_tokens and max_completion_tokens are not supported', 2],
  ])('is not tried again and again: %s', async (_what, message, times) => {
    upstream.answer(refused(message))
    const { answer, sent } = await send(`d ${message}`, {})
    expect(sent).toHaveLength(times)
    expect((answer as ModelFailure).refused?.message).toBe(message)
  })

  test('is not tried again where only what the server repeats of the request names it', async () => {
    const detail = [{ loc: ['body', 'stop'], msg: 'Input should be a list', input: { max_tokens: 100 } }]
    upstream.answer({ status: 422, chunks: [JSON.stringify({ detail })] })
    expect((await send('e', {})).sent).toHaveLength(1)
  })

  test('metadata is left out, as nothing is stored; a stream is asked for in so many words', async () => {
    upstream.answer(ok)
    expect((await send('a', { metadata: { a: 'b' } })).sent[0]).not.toHaveProperty('metadata')
    for (const name of ['chat', 'responses'] as const) {
      const kind = KINDS[name]
      upstream.answer({ chunks: [JSON.stringify(kind.whole)] })
      await kind.adapter.complete(kind.target, askOf(name, { metadata: { a: 'b' } }), context())
      const body = JSON.parse(upstream.sent.at(-1)?.body ?? '') as Json
      expect(body).toMatchObject({ stream: false })
      expect(body).not.toHaveProperty('metadata')
    }
  })
})
