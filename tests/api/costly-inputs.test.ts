/**
 * Faults of this kind: a request makes the hub work hard before it is known who sends it, or as often as somebody likes.
 * A key with a right checksum can be made by anybody; the hub must look it up before it looks at a costly input.
 */
import { beforeAll, describe, expect, test } from '@jest/globals'
import { generateApiKey } from '../../src/domain/accounts/api-key-format'
import { DOORS } from '../models/ask-doors'
import { balanceOf, type Caller, newCaller, newModel } from '../models/setup'
import { newTool, type TestTool } from '../support/catalogue'
import { call } from '../support/client'
import { hubUrl } from '../support/run'

const ENDLESS = `${'a'.repeat(60_000)}!`
const recursive = {
  anyOf: [{ properties: { a: { $ref: '#' } } }, { properties: { a: { $ref: '#' } }, required: ['b'] }],
}
const property = (a: object) => ({ type: 'object', properties: { a } })

/** By what it costs: the schema of a tool, and an input that it does not take. */
const COSTLY: Record<string, [schema: object, input: object]> = {
  'backtracks without end': [property({ type: 'string', pattern: '^(a+)+$' }), { a: ENDLESS }],
  'looks around without end': [property({ type: 'string', pattern: '^(?=(a+)+$)' }), { a: ENDLESS }],
  'is compared all with all': [
    property({ uniqueItems: true }),
    { a: [...Array.from({ length: 20_000 }, (_, n) => ({ n })), { n: 1 }] },
  ],
  'is checked twice at each level': [
    { allOf: [recursive, { required: ['c'] }], ...recursive },
    JSON.parse(`${'{"a":'.repeat(40)}0${'}'.repeat(40)}`) as object,
  ],
  'has many choices': [
    property({
      items: { anyOf: Array.from({ length: 200 }, (_, n) => ({ oneOf: [{ const: n }, { const: `${n}` }] })) },
    }),
    { a: Array.from({ length: 20_000 }, () => null) },
  ],
}

const tools: Record<string, TestTool> = {}

beforeAll(async () => {
  for (const [what, [input_schema]] of Object.entries(COSTLY))
    tools[what] = await newTool('http://127.0.0.1:9/none', { input_schema, retries: 0 })
})

/** The longest that somebody waits who asks `/health` all the while. */
async function slowestWhile(work: Promise<unknown>): Promise<number> {
  let slowest = 0
  let isOver = false
  const ended = work.finally(() => {
    isOver = true
  })
  while (!isOver) {
    const began = performance.now()
    await (await fetch(`${hubUrl()}/health`)).text()
    slowest = Math.max(slowest, performance.now() - began)
  }
  await ended
  return slowest
}

const forged = () => generateApiKey().key

describe.each(Object.keys(COSTLY))('an input that %s', (what) => {
  const [, input] = COSTLY[what] as [object, object]
  const send = (key: string, accept = 'application/json') =>
    fetch(`${hubUrl()}/api/v1/tools/${(tools[what] as TestTool).id}/invoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key, accept },
      body: JSON.stringify({ input }),
    })

  test('by a forged key is not looked at: 401, and others are answered meanwhile', async () => {
    const sent = Array.from({ length: 10 }, (_, at) => send(forged(), at % 2 ? 'text/event-stream' : '*/*'))
    const answers = Promise.all(sent)
    expect(await slowestWhile(answers)).toBeLessThan(1_000)
    for (const { status } of await answers) expect(status).toBe(401)
  })

  test('by a caller is refused, and others are answered meanwhile', async () => {
    const caller = await newCaller()
    const answers = Promise.all(Array.from({ length: 3 }, () => send(caller.key)))
    expect(await slowestWhile(answers)).toBeLessThan(1_000)
    for (const answer of await answers) {
      expect(answer.status).toBe(400)
      expect(JSON.stringify(await answer.json())).toContain('VALIDATION_ERROR')
    }
    expect(await balanceOf(caller)).toEqual({ used: 0, held: 0 })
  })
})

describe('a large body', () => {
  const text = 'word '.repeat(200_000)

  test('by a forged key is not read: 401 at every interface', async () => {
    const model = await newModel('http://127.0.0.1:9/v1')
    const bodies: [string, object][] = [
      [`/api/v1/tools/${model.id}/invoke`, { input: { prompt: text } }],
      ['/v1/chat/completions', { model: model.slug, messages: [{ role: 'user', content: text }] }],
      ['/v1/responses', { model: model.slug, input: text }],
      ['/v1/embeddings', { model: model.slug, input: text }],
      [
        '/mcp',
        {
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: model.slug, arguments: { prompt: text } },
        },
      ],
    ]
    for (const [path, body] of bodies) {
      for (const raw of [JSON.stringify(body), `${JSON.stringify(body)}}`]) {
        const answer = await fetch(`${hubUrl()}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${forged()}` },
          body: raw,
        })
        expect([path, answer.status]).toEqual([path, 401])
        expect(answer.headers.get('connection')).toBe('close')
      }
    }
  })

  test('of no announced length, by a forged key: 401 as well', async () => {
    const chunk = new TextEncoder().encode(' '.repeat(16_384))
    let left = 40
    const raw = new ReadableStream<Uint8Array>({
      pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
    })
    const answer = await call('POST', '/tools/none/invoke', { key: forged(), raw })
    expect(answer.status).toBe(401)
  })

  test('is refused where anybody may send one', async () => {
    const body = { email: 'somebody@example.com', password: 'x'.repeat(270_000) }
    expect((await call('POST', '/auth/login', { body })).error?.code).toBe('PAYLOAD_TOO_LARGE')
  })
})

test('refused inputs have a rate of their own, at every interface', async () => {
  const caller: Caller = await newCaller()
  const tool = await newTool('http://127.0.0.1:9/none', { input_schema: { required: ['never'] }, retries: 0 })
  const refused = () => call('POST', `/tools/${tool.id}/invoke`, { key: caller.key, body: { input: {} } })
  const first = await Promise.all(Array.from({ length: 120 }, refused))
  expect(new Set(first.map(({ error }) => error?.code))).toEqual(new Set(['VALIDATION_ERROR']))
  const over = await refused()
  expect([over.status, over.error?.code]).toEqual([429, 'RATE_LIMITED'])
  expect(over.error?.message).toContain('refused too often')
  expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0)
  // Also what would be taken, and with another credential that has not been refused yet: at its first refusal.
  for (const [door, ask] of Object.entries(DOORS)) {
    const told = await ask(tool.slug, caller)
    const code = /^(chat|responses|embeddings)/.test(door) ? 'rate_limit_exceeded' : 'rate_limited'
    expect([door, told.code]).toEqual([door, code])
    if (door !== 'mcp' && door !== 'graphql')
      expect(Number(told.headers?.get('retry-after'))).toBeGreaterThan(0)
  }
  expect((await balanceOf(caller)).held).toBe(0)
})

describe('a large body of nothing but lists', () => {
  const send = (caller: Caller, path: string, body: string) =>
    fetch(`${hubUrl()}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'x-api-key': caller.key,
      },
      body,
    })
  const lists = Array.from({ length: 150_001 }, () => '[]').join(',')

  test.each(['/v1/chat/completions', '/v1/responses', '/v1/embeddings', '/mcp'])(
    'is refused before it is parsed: %s',
    async (path) => {
      const answer = await send(await newCaller(), path, `{"input":[${lists}]}`)
      expect([answer.status, await answer.text()]).toEqual([
        400,
        expect.stringContaining('150000 lists and objects'),
      ])
    },
  )

  test('brackets of a text are none, behind quotes of its own either', async () => {
    const content = `\\" ${'[{'.repeat(100_000)}`
    const answer = await send(
      await newCaller(),
      '/v1/chat/completions',
      JSON.stringify({ model: 'no-such-model', messages: [{ role: 'user', content }] }),
    )
    expect([answer.status, await answer.text()]).toEqual([
      404,
      expect.not.stringContaining('lists and objects'),
    ])
  })
})
