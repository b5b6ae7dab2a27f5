import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newPlan, type TestTool } from '../support/catalogue'
import { call, someAddress } from '../support/client'
import { type ModelUpstream, startModelUpstream } from '../support/model-upstream'
import { newKey, newSubscriber } from '../support/people'
import { hubUrl } from '../support/run'
import { DOORS } from './ask-doors'
import { askDoor, balanceOf, type Caller, newCaller, newModel, rowsOf } from './setup'

/** What somebody with an API key may try through the doors of models. Nothing of it may be a 500, or get through. */
let upstream: ModelUpstream
let caller: Caller
let model: TestTool

beforeAll(async () => {
  upstream = await startModelUpstream()
  caller = await newCaller(100_000_000)
  model = await newModel(`${upstream.url}/normal`)
})

afterAll(() => upstream.close())

const messages = [{ role: 'user', content: 'Say something.' }]
const chat = (body: object) => askDoor('/chat/completions', caller.key, body)
const lastBody = () => upstream.seen('normal').at(-1)?.body
const calls = () => upstream.seen('normal').length

describe('a model above the plan', () => {
  let poor: Caller
  let dear: TestTool
  beforeAll(async () => {
    const person = await newSubscriber(await newPlan(100_000, { tier: 'free' }))
    poor = { ...person, key: (await newKey(person)).key }
    dear = await newModel(`${upstream.url}/dear`, { minimum_plan: 'enterprise' })
  })

  test.each(Object.keys(DOORS).filter((door) => door !== 'embeddings'))(
    'is closed by %s, by slug and by id',
    async (door) => {
      const ask = DOORS[door] as (typeof DOORS)[string]
      for (const name of [dear.slug, dear.id]) {
        const told = await ask(name, poor)
        expect([name, told.status, told.code]).toEqual([
          name,
          door === 'mcp' ? 200 : 403,
          'plan_upgrade_required',
        ])
      }
      expect(upstream.seen('dear')).toEqual([])
    },
  )

  test('is neither listed nor shown', async () => {
    for (const name of [dear.slug, dear.id]) {
      const headers = { authorization: `Bearer ${poor.key}` }
      expect((await fetch(`${hubUrl()}/v1/models/${name}`, { headers })).status).toBe(404)
    }
    expect(upstream.seen('dear')).toEqual([])
    expect((await balanceOf(poor)).used).toBe(0)
  })
})

const ODD_NAMES = [
  'a/b',
  '../models',
  'ä ö',
  '%2e%2e',
  '__proto__',
  'constructor',
  'toString',
  '👾',
  "x' or 1=1 --",
  'x'.repeat(10_000),
]

test.each(ODD_NAMES)('a model of an odd name is not found: %.30j', async (name) => {
  const asked = await chat({ model: name, messages })
  expect([asked.status, await asked.json()]).toMatchObject([404, { error: { code: 'model_not_found' } }])
  const headers = { authorization: `Bearer ${caller.key}`, 'x-forwarded-for': someAddress() }
  const shown = await fetch(`${hubUrl()}/v1/models/${encodeURIComponent(name)}`, { headers })
  expect([shown.status, shown.headers.get('x-request-id')]).toEqual([404, expect.any(String)])
})

test.each(['', null, 5, {}, ['a'], '\u0000', '\ud800'])(
  'a model that is no name is a 400: %j',
  async (name) => {
    expect((await chat({ model: name, messages })).status).toBe(400)
  },
)

const NO_NUMBERS = [-1, 0, 1.5, '5', 1e18, 1_000_000_001, true, [5], {}]

test.each(NO_NUMBERS)('a maximum of output that is none is a 400 by every name: %j', async (value) => {
  const before = calls()
  for (const field of ['max_tokens', 'max_completion_tokens']) {
    const answer = await chat({ model: model.slug, messages, [field]: value })
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { param: field } }])
  }
  const body = { model: model.slug, input: 'x', max_output_tokens: value }
  const answer = await askDoor('/responses', caller.key, body)
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { param: 'max_output_tokens' } }])
  expect(calls()).toBe(before)
})

test.each([
  [{ n: 0 }, 'n'],
  [{ n: 17 }, 'n'],
  [{ n: '2' }, 'n'],
  [{ stream: 'yes' }, 'stream'],
  [{ stream: 1 }, 'stream'],
  [{ stream: true, stream_options: 'usage' }, 'stream_options'],
  [{ stream: true, stream_options: [1] }, 'stream_options'],
  [{ stream_options: 5 }, 'stream_options'],
  [{ messages: 'hello' }, 'messages'],
  [{ messages: [null] }, 'messages'],
  [{ messages: [['user', 'x']] }, 'messages'],
  [{ models: ['openai/dearest'] }, 'models'],
  [{ fallbacks: [{ model: 'dearest' }] }, 'fallbacks'],
  [{ route: 'fallback' }, 'route'],
  [{ preset: 'dearest' }, 'preset'],
  [{ context_window_fallbacks: [{ x: ['dearest'] }] }, 'context_window_fallbacks'],
  [{ extra_body: { model: 'dearest' } }, 'extra_body.model'],
  [{ extra_body: { max_tokens: 100_000 } }, 'extra_body.max_tokens'],
  [{ n_predict: 100_000 }, 'n_predict'],
  [{ num_predict: 100_000 }, 'num_predict'],
  [{ max_new_tokens: 100_000 }, 'max_new_tokens'],
  [{ max_gen_len: 100_000 }, 'max_gen_len'],
])('what would change the way of the hub is a 400: %j', async (more, param) => {
  const before = calls()
  const answer = await chat({ model: model.slug, messages, ...more })
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { param } }])
  expect(calls()).toBe(before)
})

/** The hub fetches no image, but a server that an admin runs may, from within the network. */
test.each([
  'http://169.254.169.254/latest/meta-data',
  'http://0xa9fea9fe/',
  'http://100.64.0.1/',
  'file:///etc/passwd',
  'ftp://example.org/a.png',
  'gs://bucket/a.png',
])('an image inside of the network is not passed on: %s', async (url) => {
  const before = calls()
  const content = [
    { type: 'text', text: 'What is this?' },
    { type: 'image_url', image_url: { url } },
  ]
  const answer = await chat({ model: model.slug, messages: [{ role: 'user', content }] })
  expect([answer.status, await answer.json()]).toMatchObject([
    400,
    { error: { param: 'messages[0].content[1].image_url' } },
  ])
  const input = [{ role: 'user', content: [{ type: 'input_image', image_url: url }] }]
  const response = await askDoor('/responses', caller.key, { model: model.slug, input })
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { error: { param: 'input[0].content[0].image_url' } },
  ])
  expect(calls()).toBe(before)
})

test.each([
  ['file', { type: 'file', file: { file_data: 'http://169.254.169.254/a.pdf' } }],
  ['file', { type: 'file', file: { file_id: 'http://169.254.169.254/a.pdf' } }],
  ['source', { type: 'image', source: { type: 'url', url: 'http://169.254.169.254/a.png' } }],
  ['fileData', { fileData: { fileUri: 'file:///etc/passwd' } }],
])('nor is an address where other servers look for one: %s %j', async (field, part) => {
  const before = calls()
  const answer = await chat({ model: model.slug, messages: [{ role: 'user', content: [part] }] })
  expect([answer.status, await answer.json()]).toMatchObject([
    400,
    { error: { param: `messages[0].content[0].${field}` } },
  ])
  expect(calls()).toBe(before)
})

test('nor is the address of an MCP server, which the server of a model would call', async () => {
  const native = await newModel(`${upstream.url}/native`, { model: { speaks_responses: true } })
  const tools = [{ type: 'mcp', server_label: 'x', server_url: 'http://169.254.169.254/' }]
  const answer = await askDoor('/responses', caller.key, { model: native.slug, input: 'x', tools })
  expect([answer.status, await answer.json()]).toMatchObject([
    400,
    { error: { param: 'tools[0].server_url' } },
  ])
  expect(upstream.seen('native')).toEqual([])
})

test.each([
  [
    { input: [{ type: 'computer_call_output', call_id: 'c', output: { image_url: 'ftp://example.org/a' } }] },
    'input[0].output.image_url',
  ],
  [
    { tools: [{ type: 'image_generation', input_image_mask: { image_url: 'http://169.254.169.254/' } }] },
    'tools[0].input_image_mask',
  ],
])('nor is one in the output or the settings of a tool: %j', async (more, param) => {
  const native = await newModel(`${upstream.url}/native`, { model: { speaks_responses: true } })
  const answer = await askDoor('/responses', caller.key, { model: native.slug, input: 'x', ...more })
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { param } }])
  expect(upstream.seen('native')).toEqual([])
})

test('a note is no address, and a function may be about addresses', async () => {
  const parameters = { type: 'object', properties: { a: { default_url: 'ftp://example.org/' } } }
  const content = [{ type: 'text', text: 'x', metadata: 'note: this' }]
  const tools = [{ type: 'function', function: { name: 'x', parameters } }]
  const body = { model: model.slug, messages: [{ role: 'user', content }], tools }
  expect((await chat(body)).status).toBe(200)
})

test('a public image is passed on', async () => {
  const content = [{ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }]
  const sent = [{ role: 'user', content }]
  expect((await chat({ model: model.slug, messages: sent })).status).toBe(200)
  expect(lastBody()?.messages).toEqual(sent)
})

test('further models are refused by an invocation, by responses and by embeddings as well', async () => {
  const more = { models: ['dearest'] }
  const invoked = await call('POST', `/tools/${model.slug}/invoke`, {
    token: caller.token,
    body: { input: { prompt: 'x', ...more } },
  })
  expect([invoked.status, invoked.error?.details[0]?.field]).toEqual([400, 'input.models'])
  const native = await newModel(`${upstream.url}/native`, { model: { speaks_responses: true } })
  const vectors = await newModel(`${upstream.url}/normal`, { model: { kind: 'embeddings' } })
  for (const [path, slug] of [
    ['/responses', model.slug],
    ['/responses', native.slug],
    ['/embeddings', vectors.slug],
  ] as const) {
    const answer = await askDoor(path, caller.key, { model: slug, input: 'x', ...more })
    expect([path, answer.status, await answer.json()]).toMatchObject([
      path,
      400,
      { error: { param: 'models' } },
    ])
  }
})

/** What is shown of usage is the caller's wish; that it is asked for is the hub's. */
test.each([{}, { include_usage: false }, { include_usage: 'yes' }, { other: 1 }])(
  'usage is asked of the upstream whatever stream_options says: %j',
  async (stream_options) => {
    const tool = await newModel(`${upstream.url}/normal`)
    const answer = await chat({ model: tool.slug, messages, stream: true, stream_options })
    expect(await answer.text()).not.toContain('prompt_tokens')
    expect(lastBody()).toMatchObject({ model: 'the-model', stream_options: { include_usage: true } })
    expect(await rowsOf(tool.id)).toMatchObject([{ tokens: 30, source: 'reported' }])
  },
)

test('a thousand tools are passed on and counted; a body that is too large or too deep is not read', async () => {
  const one = { type: 'function', function: { name: 'x', parameters: { type: 'object' } } }
  const tool = await newModel(`${upstream.url}/silent`)
  const tools = Array.from({ length: 1_000 }, () => one)
  expect((await chat({ model: tool.slug, messages, tools })).status).toBe(200)
  expect((await rowsOf(tool.id))[0]?.input_tokens).toBeGreaterThan(5_000)
  const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`
  const raw = (body: string) =>
    fetch(`${hubUrl()}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${caller.key}` },
      body,
    })
  const nested = await raw(`{"model":"${model.slug}","messages":${deep}}`)
  expect(nested.status).toBe(400)
  expect(await nested.text()).toContain('nested')
  const large = await raw(`{"model":"${model.slug}","pad":"${'x'.repeat(9 * 1024 * 1024)}"}`)
  expect([large.status, large.headers.get('x-request-id')]).toEqual([413, expect.any(String)])
  expect(await large.json()).toMatchObject({ error: { code: 'payload_too_large' } })
})

/** Node's own client sends a header twice where `fetch` would join them. */
function sendTwice(headers: [string, string][]): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${hubUrl()}/v1/models`, { headers: headers.flat() }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    sent.once('error', reject).end()
  })
}

test('two credentials are never taken for one that neither is', async () => {
  const host: [string, string] = ['host', new URL(hubUrl()).host]
  const good: [string, string] = ['authorization', `Bearer ${caller.key}`]
  const wrong: [string, string] = ['authorization', 'Bearer wrong']
  expect(await sendTwice([host, good])).toBe(200)
  expect(await sendTwice([host, wrong, good])).toBe(401)
  expect(await sendTwice([host, ['x-api-key', 'wrong'], wrong])).toBe(401)
})

test('of a caller’s headers none reaches the upstream but the request id', async () => {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${caller.key}`,
    'x-api-key': 'planted',
    'openai-organization': 'org-planted',
    'x-goog-api-key': 'planted',
    cookie: 'a=planted',
    'x-request-id': 'planted\tid',
  }
  await fetch(`${hubUrl()}/v1/chat/completions`, {
    method: 'POST',
    headers: { ...headers, 'x-api-key': caller.key },
    body: JSON.stringify({ model: model.slug, messages }),
  }).then((answer) => answer.text())
  const sent = JSON.stringify(upstream.seen('normal').at(-1)?.headers)
  expect(sent).not.toContain('planted')
  expect(sent).not.toContain(caller.key)
})

/** What a provider says is cut for the caller: a cut through a secret must not leave the half of it. */
test.each([940, 965, 970, 990])(
  'a secret that a refusal repeats after %i characters is not there in part',
  async (pad) => {
    const provider_key = 'sk-planted-7f3a9c-and-more'
    const tool = await newModel(`${upstream.url}/repeats-key/${pad}`, { provider_key })
    for (const door of ['chat', 'chat as a stream', 'responses', 'invoke', 'mcp', 'graphql']) {
      const told = await (DOORS[door] as (typeof DOORS)[string])(tool.slug, caller)
      expect(told.text).not.toContain('sk-')
    }
  },
)

describe('MCP messages', () => {
  const send = async (body: unknown) => {
    const answer = await fetch(`${hubUrl()}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${caller.key}`,
      },
      body: JSON.stringify(body),
    })
    return { status: answer.status, text: await answer.text(), id: answer.headers.get('x-request-id') }
  }
  const invoke = (name: unknown, given: unknown, id: unknown = 1) => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name, arguments: given },
  })

  test.each([
    [[]],
    [[1, 'a', null]],
    [[[]]],
    [{}],
    [{ jsonrpc: '1.0', id: 1, method: 'tools/list' }],
    [{ jsonrpc: '2.0', id: {}, method: 'tools/list' }],
    [{ jsonrpc: '2.0', id: 1, method: 'no/such' }],
    [{ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { cursor: { $gt: '' } } }],
    [invoke(null, {})],
    [invoke('count-tokens', 'text')],
    [invoke('count-tokens', [1])],
    [invoke('__proto__', {})],
    ['a text'],
    [null],
  ])('that are none are refused by the protocol: %j', async (body) => {
    const { status, text, id } = await send(body)
    expect(status).toBeLessThan(500)
    expect(status === 202 ? 'error' : text).toMatch(/error/)
    expect(text).not.toMatch(/node_modules|\.ts:\d/)
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('a batch of calls is as many invocations, each admitted and charged', async () => {
    const tool = await newModel(`${upstream.url}/normal`)
    const batch = Array.from({ length: 20 }, (_, id) => invoke(tool.slug, { prompt: 'x' }, id))
    const { status } = await send(batch)
    expect([200, 400]).toContain(status)
    if (status === 200) expect(await rowsOf(tool.id, 20)).toHaveLength(20)
  })
})

test('GraphQL: aliases are as many invocations, and over twenty at once are refused', async () => {
  const tool = await newModel(`${upstream.url}/normal`)
  const one = (at: number) => `a${at}: invokeTool(tool: "${tool.slug}", input: { prompt: "x" }) { output }`
  const ask = (count: number) => {
    const query = `mutation { ${Array.from({ length: count }, (_, at) => one(at)).join(' ')} }`
    return call('POST', '/api/graphql', { key: caller.key, body: { query } })
  }
  expect((await ask(100)).status).toBe(400)
  expect((await ask(5)).status).toBe(200)
  const rows = await rowsOf(tool.id, 5)
  expect(rows).toHaveLength(5)
  expect(rows.map(({ tokens }) => tokens)).toEqual([30, 30, 30, 30, 30])
})
