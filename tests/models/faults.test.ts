import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { call } from '../support/client'
import { type ModelUpstream, startModelUpstream } from '../support/model-upstream'
import { askDoor, balanceOf, type Caller, newCaller, newModel, rowsOf } from './setup'

let upstream: ModelUpstream
let caller: Caller

beforeAll(async () => {
  upstream = await startModelUpstream()
  caller = await newCaller(10_000_000)
})

afterAll(() => upstream.close())

const messages = [{ role: 'user', content: 'Say something.' }]

type Fault = [
  what: string,
  path: string,
  status: number,
  code: string,
  row: { status: string; error_code: string },
  /** The status of the OpenAI-compatible door, where it is another. */
  door?: number,
]

const unavailable = { status: 'error', error_code: 'TOOL_UNAVAILABLE' }
const bad = { status: 'error', error_code: 'TOOL_BAD_RESPONSE' }

/** Each fault of an upstream: the caller's answer, the ledger's row, and nothing held or charged. */
const FAULTS: Fault[] = [
  ['it hangs up before the headers', '/reset', 503, 'TOOL_UNAVAILABLE', unavailable],
  ['it hangs up after the headers', '/headers-only', 503, 'TOOL_UNAVAILABLE', unavailable],
  ['400', '/status/400', 502, 'TOOL_BAD_RESPONSE', bad, 400],
  ['401', '/status/401', 502, 'TOOL_BAD_RESPONSE', bad],
  ['429', '/status/429', 503, 'TOOL_UNAVAILABLE', unavailable],
  ['500', '/status/500', 502, 'TOOL_BAD_RESPONSE', bad],
  ['503', '/status/503', 503, 'TOOL_UNAVAILABLE', unavailable],
  ['wrong JSON', '/malformed', 502, 'TOOL_BAD_RESPONSE', bad],
  ['JSON of another shape', '/shapeless', 502, 'TOOL_BAD_RESPONSE', bad],
  ['an answer that is too large', '/huge', 502, 'TOOL_BAD_RESPONSE', bad],
  [
    'an answer that comes too late',
    '/slow/5000',
    504,
    'TOOL_TIMEOUT',
    { status: 'timeout', error_code: 'TOOL_TIMEOUT' },
  ],
]

describe.each(FAULTS)('%s', (_what, path, status, code, row, door = status) => {
  const timeout_ms = path.startsWith('/slow') ? 700 : 20_000
  const model = () => newModel(`${upstream.url}${path}`, { timeout_ms })

  test('an invocation says so and costs nothing', async () => {
    const tool = await model()
    const before = await balanceOf(caller)
    const body = { input: { messages } }
    const answer = await call('POST', `/tools/${tool.id}/invoke`, { token: caller.token, body })
    expect([answer.status, answer.error?.code]).toEqual([status, code])
    expect(await rowsOf(tool.id)).toMatchObject([{ ...row, tokens: 0, source: 'unknown' }])
    expect(await balanceOf(caller)).toEqual(before)
  })

  test("a chat completion says so in OpenAI's shape and costs nothing", async () => {
    const tool = await model()
    const before = await balanceOf(caller)
    for (const stream of [false, true]) {
      if (stream && ['/malformed', '/slow/5000'].includes(path)) continue
      const answer = await askDoor('/chat/completions', caller.key, { model: tool.slug, messages, stream })
      expect(answer.status).toBe(door)
      const { error } = (await answer.json()) as { error: { message: string; type: string } }
      expect(typeof error.message).toBe('string')
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    }
    expect((await rowsOf(tool.id))[0]).toMatchObject({ ...row, tokens: 0 })
    expect(await balanceOf(caller)).toEqual(before)
  })
})

test('nobody listens there', async () => {
  const tool = await newModel('http://127.0.0.1:9/v1', { retries: 1 })
  const answer = await askDoor('/chat/completions', caller.key, { model: tool.slug, messages })
  expect(answer.status).toBe(503)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await answer.text()).not.toContain('127.0.0.1')
  expect(await rowsOf(tool.id)).toMatchObject([{ ...unavailable, tokens: 0 }])
})

test("a provider's rate limit is respected: it is not called again for as long as it asked", async () => {
  const tool = await newModel(`${upstream.url}/status/429`)
  const ask = () => askDoor('/chat/completions', caller.key, { model: tool.slug, messages })
  const before = upstream.seen('status').length
  const first = await ask()
  const second = await ask()
  expect([first.status, second.status]).toEqual([503, 503])
  expect(Number(first.headers.get('retry-after'))).toBe(7)
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(upstream.seen('status').length - before).toBe(1)
})

/** A request that is too large for the account's rate is answered so, and says nothing of those of others. */
test('a 429 that names no time is of its caller alone, until somebody else is answered so', async () => {
  const tool = await newModel(`${upstream.url}/small-only`)
  const [first, second, third] = [
    await newCaller(100_000),
    await newCaller(100_000),
    await newCaller(100_000),
  ]
  const ask = async ({ key }: Caller, text: string) =>
    (
      await askDoor('/chat/completions', key, {
        model: tool.slug,
        messages: [{ role: 'user', content: text }],
      })
    ).status
  const large = 'Much to say. '.repeat(100)
  expect(await ask(first, large)).toBe(503)
  expect(await ask(second, 'Small.')).toBe(200)
  expect(await ask(first, 'Small.')).toBe(503)
  expect(await ask(second, large)).toBe(503)
  expect(await ask(third, 'Small.')).toBe(503)
})

describe('a stream that breaks off', () => {
  const events = (text: string) =>
    text
      .split('\n\n')
      .filter((block) => block.startsWith('data: '))
      .map((block) => block.slice(6))

  test.each([
    ['is cut', '/cut/3', 'TOOL_UNAVAILABLE'],
    ['never ends', '/endless', 'TOOL_BAD_RESPONSE'],
  ])('%s: what came is passed on and charged, and the row says that it broke', async (_what, path, code) => {
    const tool = await newModel(`${upstream.url}${path}`, { timeout_ms: 20_000 })
    const answer = await askDoor('/chat/completions', caller.key, {
      model: tool.slug,
      messages,
      stream: true,
    })
    expect(answer.status).toBe(200)
    const sent = events(await answer.text())
    expect(JSON.parse(sent.at(-1) as string)).toMatchObject({ error: { message: expect.any(String) } })
    expect(sent).not.toContain('[DONE]')
    const [row] = await rowsOf(tool.id)
    expect(row).toMatchObject({ status: 'error', error_code: code, source: 'partial' })
    expect(row?.tokens).toBeGreaterThan(5)
    expect((await balanceOf(caller)).held).toBe(0)
  })

  test.each(['/cut/0', '/error-event'])(
    'before anything came, or by an error: it costs nothing: %s',
    async (path) => {
      const tool = await newModel(`${upstream.url}${path}`)
      const answer = await askDoor('/chat/completions', caller.key, {
        model: tool.slug,
        messages,
        stream: true,
      })
      await answer.text()
      expect(await rowsOf(tool.id)).toMatchObject([{ status: 'error', tokens: 0 }])
    },
  )

  test('a slow one is cut when its time is over, and charged for what came', async () => {
    const tool = await newModel(`${upstream.url}/stall/3`, { timeout_ms: 2_000 })
    const answer = await askDoor('/chat/completions', caller.key, {
      model: tool.slug,
      messages,
      stream: true,
    })
    const text = await answer.text()
    expect(text).toContain('"error"')
    const [row] = await rowsOf(tool.id)
    expect(row).toMatchObject({ status: 'timeout', error_code: 'TOOL_TIMEOUT', source: 'partial' })
    expect(row?.tokens).toBeGreaterThan(0)
  })
})
