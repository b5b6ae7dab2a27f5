import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newPlan, newTool } from '../support/catalogue'
import { call } from '../support/client'
import { type ModelUpstream, startModelUpstream, WORDS } from '../support/model-upstream'
import { newKey, newSubscriber, newUser } from '../support/people'
import { hubUrl } from '../support/run'
import { askDoor, balanceOf, type Caller, newCaller, newModel, rowsOf } from './setup'

let upstream: ModelUpstream
let caller: Caller

beforeAll(async () => {
  upstream = await startModelUpstream()
  caller = await newCaller(10_000_000)
})

afterAll(() => upstream.close())

const messages = [{ role: 'user', content: 'Say something.' }]
const prompt = { input: { prompt: 'Say something.' } }

/** Server-sent events as [name, data]. */
function eventsOf(text: string): [string, string][] {
  return text
    .split('\n\n')
    .filter((block) => block.includes('data: '))
    .map((block) => [/^event: (.*)$/m.exec(block)?.[1] ?? '', /^data: (.*)$/m.exec(block)?.[1] ?? ''])
}

async function invokeStreamed(tool: { slug: string }, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${hubUrl()}/api/v1/tools/${tool.slug}/invoke`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      'x-api-key': caller.key,
      ...headers,
    },
    body: JSON.stringify(body),
  })
  return response
}

describe('an invocation as a stream', () => {
  test('of a model: output events with what comes, then done with the usual result', async () => {
    const tool = await newModel(`${upstream.url}/normal`)
    const answer = await invokeStreamed(tool, prompt)
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const events = eventsOf(await answer.text())
    const texts = events.filter(([name]) => name === 'output').map(([, data]) => JSON.parse(data).text)
    expect(texts).toEqual(WORDS)
    const [name, data] = events.at(-1) as [string, string]
    expect(name).toBe('done')
    expect(JSON.parse(data)).toMatchObject({
      request_id: answer.headers.get('x-request-id'),
      output: { text: WORDS.join(''), finish_reason: 'stop' },
      tokens_used: 30,
    })
    expect(await rowsOf(tool.id)).toMatchObject([{ status: 'success', tokens: 30, source: 'reported' }])
  })

  test('of any other tool: its output, then done', async () => {
    const answer = await invokeStreamed({ slug: 'count-tokens' }, { input: { text: 'one two three' } })
    const events = eventsOf(await answer.text())
    expect(events.map(([name]) => name)).toEqual(['output', 'done'])
    const done = JSON.parse(events[1]?.[1] as string)
    expect(done.output).toEqual(JSON.parse(events[0]?.[1] as string))
  })

  test('what fails before the first byte is answered as ever, what breaks after it is an error event', async () => {
    const down = await newModel(`${upstream.url}/status/503`)
    expect((await invokeStreamed(down, prompt)).status).toBe(503)
    expect((await invokeStreamed(down, { input: {} })).status).toBe(400)
    const cut = await newModel(`${upstream.url}/cut/2`)
    const events = eventsOf(await (await invokeStreamed(cut, prompt)).text())
    expect(events.map(([name]) => name)).toEqual(['output', 'output', 'error'])
    expect(JSON.parse(events[2]?.[1] as string)).toMatchObject({ code: 'TOOL_UNAVAILABLE' })
    expect(await rowsOf(cut.id)).toMatchObject([{ status: 'error', source: 'partial' }])
  })

  test('with an Idempotency-Key it is charged once and given again', async () => {
    const tool = await newModel(`${upstream.url}/normal`)
    const headers = { 'idempotency-key': 'stream-1' }
    const first = eventsOf(await (await invokeStreamed(tool, prompt, headers)).text())
    const again = await invokeStreamed(tool, prompt, headers)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(eventsOf(await again.text()).at(-1)).toEqual(first.at(-1))
    expect(await rowsOf(tool.id)).toHaveLength(1)
  })

  test('a slow tool: heartbeats while nothing comes', async () => {
    const tool = await newModel(`${upstream.url}/slow/11000`, {
      timeout_ms: 25_000,
      model: { max_output_tokens: 9 },
    })
    const answer = await invokeStreamed(tool, prompt)
    const text = await answer.text()
    expect(text).toContain(': keep-alive')
    // Its time was over before it was done: the stream had begun, so that is an event.
    expect(eventsOf(text).at(-1)?.[0]).toBe('error')
  }, 60_000)
})

describe('several upstreams', () => {
  const ask = async (slug: string, stream = false) =>
    askDoor('/chat/completions', caller.key, { model: slug, messages, stream })

  test.each([
    ['refuses connections', 'http://127.0.0.1:9/v1'],
    ['hangs up', '/reset'],
    ['answers 429', '/status/429'],
    ['answers 500', '/status/500'],
    ['answers 503', '/status/503'],
    ['hangs up after its headers', '/headers-only'],
  ])('one that %s: the next is tried, also for a stream; one row, one charge', async (_what, path) => {
    const first = path.startsWith('http') ? path : `${upstream.url}${path}`
    const tool = await newModel(first, {
      upstreams: [
        { name: 'backup', adapter: 'openai', api_endpoint: `${upstream.url}/normal`, model: 'other' },
      ],
    })
    const answer = await ask(tool.slug)
    expect([answer.status, ((await answer.json()) as { model: string }).model]).toEqual([200, 'other'])
    expect(await (await ask(tool.slug, true)).text()).toContain('[DONE]')
    expect(await rowsOf(tool.id, 2)).toMatchObject([{ tokens: 30 }, { tokens: 30 }])
  })

  test('a request that is refused as such is not tried elsewhere', async () => {
    const tool = await newModel(`${upstream.url}/status/400`, {
      upstreams: [{ name: 'backup', adapter: 'openai', api_endpoint: `${upstream.url}/never`, model: 'x' }],
    })
    expect((await ask(tool.slug)).status).toBe(400)
    expect(upstream.seen('never')).toHaveLength(0)
  })

  test('after the first byte the next is not tried', async () => {
    const tool = await newModel(`${upstream.url}/cut/2`, {
      upstreams: [{ name: 'backup', adapter: 'openai', api_endpoint: `${upstream.url}/unused`, model: 'x' }],
    })
    expect(await (await ask(tool.slug, true)).text()).toContain('"error"')
    expect(upstream.seen('unused')).toHaveLength(0)
  })

  test('by weight: one with no weight is called only when the others fail', async () => {
    const tool = await newModel(`${upstream.url}/rare`, {
      routing: 'weight',
      weight: 0,
      upstreams: [
        { name: 'often', adapter: 'openai', api_endpoint: `${upstream.url}/often`, model: 'x', weight: 3 },
        { name: 'seldom', adapter: 'openai', api_endpoint: `${upstream.url}/seldom`, model: 'x', weight: 1 },
      ],
    })
    // So many that chance does not turn it round: less than once in a thousand million.
    for (let count = 0; count < 120; count += 1) await (await ask(tool.slug)).text()
    expect(upstream.seen('rare')).toHaveLength(0)
    expect(upstream.seen('often').length).toBeGreaterThan(upstream.seen('seldom').length)
    expect(upstream.seen('seldom').length).toBeGreaterThan(0)
  })

  test('an upstream whose breaker is open is passed over', async () => {
    const tool = await newModel(`${upstream.url}/reset`, {
      upstreams: [{ name: 'backup', adapter: 'openai', api_endpoint: `${upstream.url}/normal`, model: 'x' }],
    })
    const before = upstream.seen('reset').length
    for (let count = 0; count < 8; count += 1) expect((await ask(tool.slug)).status).toBe(200)
    expect(upstream.seen('reset').length - before).toBe(5)
  })
})

describe("the door for OpenAI's clients", () => {
  const get = (path: string, key = caller.key) =>
    fetch(`${hubUrl()}${path}`, { headers: { authorization: `Bearer ${key}` } })

  test('lists the chat models and embeddings that the plan opens, and no other tool', async () => {
    const mine = await newModel(`${upstream.url}/normal`)
    const dear = await newModel(`${upstream.url}/normal`, { minimum_plan: 'enterprise' })
    const plain = await newTool(`${upstream.url}/normal`)
    const onFree = await newKey(await newSubscriber('free'))
    const { data } = (await (await get('/v1/models', onFree.key)).json()) as { data: { id: string }[] }
    const ids = data.map(({ id }) => id)
    expect(ids).toContain(mine.slug)
    expect(ids).not.toContain(dear.slug)
    expect(ids).not.toContain(plain.slug)
    expect((await get(`/v1/models/${mine.slug}`, onFree.key)).status).toBe(200)
    expect((await get(`/v1/models/${dear.slug}`, onFree.key)).status).toBe(404)
    expect((await get(`/api/v1/openai/models/${mine.slug}`, onFree.key)).status).toBe(200)
  })

  test.each([
    ['no credential', {}, { model: 'x', messages }, 401, 'invalid_api_key'],
    ['an unknown model', null, { model: 'no-such-model', messages }, 404, 'model_not_found'],
    ['no model', null, { messages }, 400, null],
    ['a body that is no object', null, [1], 400, null],
  ])('%s', async (_what, headers, body, status, code) => {
    const answer = await fetch(`${hubUrl()}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(headers ?? { 'x-api-key': caller.key }) },
      body: JSON.stringify(body),
    })
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ error: { code, message: expect.any(String) } })
  })

  test.each([
    [{ messages: [] }, 'messages'],
    [{ messages: 'x' }, 'messages'],
    [{ messages: [{}] }, 'messages'],
    [{ messages, max_tokens: 0 }, 'max_tokens'],
    [{ messages, max_completion_tokens: 1.5 }, 'max_completion_tokens'],
    [{ messages, n: 99 }, 'n'],
    [{ messages, stream: 'yes' }, 'stream'],
  ])('a field that is wrong is named: %j', async (body, param) => {
    const tool = await newModel(`${upstream.url}/normal`)
    const answer = await askDoor('/chat/completions', caller.key, { model: tool.slug, ...body })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error', param } })
  })

  test('refusals: no plan, a plan too low, a spent budget; none of them is tried again by a client', async () => {
    const tool = await newModel(`${upstream.url}/normal`, { minimum_plan: 'pro' })
    const ask = async (key: string) => {
      const answer = await askDoor('/chat/completions', key, { model: tool.slug, messages })
      const { error } = (await answer.json()) as { error: { code: string } }
      return [answer.status, error.code, answer.headers.get('x-should-retry')]
    }
    expect(await ask((await newKey(await newUser())).key)).toEqual([403, 'subscription_required', 'false'])
    const onFree = await newKey(await newSubscriber('free'))
    expect(await ask(onFree.key)).toEqual([403, 'plan_upgrade_required', 'false'])
    const spent = await newKey(await newSubscriber(await newPlan(5)))
    expect(await ask(spent.key)).toEqual([403, 'insufficient_quota', 'false'])
  })

  test('what is asked and answered passes through, unknown fields included', async () => {
    const tool = await newModel(`${upstream.url}/normal`)
    const body = { model: tool.slug, messages, temperature: 0.2, x_new: { deep: [1] }, logit_bias: { 5: 1 } }
    const answer = await (await askDoor('/chat/completions', caller.key, body)).json()
    expect(answer).toMatchObject({ system_fingerprint: 'fp_of_the_tests', x_unknown: { kept: true } })
    expect(upstream.seen('normal').at(-1)?.body).toMatchObject({
      temperature: 0.2,
      x_new: { deep: [1] },
      logit_bias: { 5: 1 },
      model: 'the-model',
    })
    expect(upstream.seen('normal').at(-1)?.headers).not.toHaveProperty('x-api-key')
  })

  test('a server that speaks responses gets them as they are, and keeps nothing; usage is charged', async () => {
    const tool = await newModel(`${upstream.url}/native`, { model: { speaks_responses: true } })
    const body = { model: tool.slug, input: 'Say something.', x_new: 1 }
    const answer = await (await askDoor('/responses', caller.key, body)).json()
    expect(answer).toMatchObject({ x_native: true, status: 'completed' })
    expect(upstream.seen('native').at(-1)).toMatchObject({
      path: '/native/responses',
      body: { x_new: 1, store: false, max_output_tokens: 100, model: 'the-model' },
    })
    const streamed = await (await askDoor('/responses', caller.key, { ...body, stream: true })).text()
    for (const word of WORDS) expect(streamed).toContain(JSON.stringify(word))
    expect(streamed).toContain('response.completed')
    const row = { status: 'success', source: 'reported', tokens: 30, cached_input_tokens: 4 }
    expect(await rowsOf(tool.id, 2)).toMatchObject([row, row])
  })

  test('such a server is sent no reference to what it stores, and its stream breaks off with numbers', async () => {
    const tool = await newModel(`${upstream.url}/native-cut`, { model: { speaks_responses: true } })
    for (const reference of [
      { type: 'item_reference', id: 'rs_1' },
      { id: 'msg_1' },
      { id: 'msg_1', type: null },
    ]) {
      const refused = await askDoor('/responses', caller.key, { model: tool.slug, input: [reference] })
      expect([refused.status, await refused.json()]).toMatchObject([400, { error: { param: 'input[0]' } }])
    }
    expect(upstream.seen('native-cut')).toEqual([])
    const body = { model: tool.slug, input: 'Say something.', stream: true }
    const events = eventsOf(await (await askDoor('/responses', caller.key, body)).text())
    expect(events.map(([name]) => name)).toEqual([
      'response.created',
      'response.output_text.delta',
      'response.failed',
    ])
    expect(JSON.parse(events.at(-1)?.[1] ?? '')).toMatchObject({
      type: 'response.failed',
      sequence_number: 2,
      response: {
        id: 'resp_1',
        status: 'failed',
        error: { code: 'tool_unavailable', message: expect.any(String) },
      },
    })
    expect(await rowsOf(tool.id)).toMatchObject([{ status: 'error', source: 'partial' }])
  })

  test('unknown paths and methods are told in its shape', async () => {
    const unknown = await get('/v1/nothing')
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { code: 'unknown_url' } }])
    const model = await get('/v1/models/nothing')
    const error = { code: 'model_not_found', param: 'model' }
    expect([model.status, await model.json()]).toMatchObject([404, { error }])
    const method = await get('/v1/chat/completions')
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'OPTIONS, POST'])
    for (const { headers } of [unknown, model, method])
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('the whole of it holds nothing at the end', async () => {
    expect((await balanceOf(caller)).held).toBe(0)
  })
})

test("a model's keys appear in no answer, and its address in none but an admin's", async () => {
  const secret = 'sk-planted-9b1c'
  const tool = await newModel(`${upstream.url}/status/400`, {
    provider_key: secret,
    upstreams: [{ name: 'backup', adapter: 'openai', api_endpoint: `${upstream.url}/normal`, model: 'x' }],
    upstream_keys: { backup: `${secret}-2` },
  })
  const answers = [
    await (await askDoor('/chat/completions', caller.key, { model: tool.slug, messages })).text(),
    (await call('GET', `/tools/${tool.id}`, { token: caller.token })).text,
    (await call('GET', `/api/tools/${tool.id}`, { token: caller.token })).text,
  ]
  expect(upstream.seen('status').at(-1)?.headers.authorization).toBe(`Bearer ${secret}`)
  for (const text of answers) {
    expect(text).not.toContain(secret)
    expect(text).not.toContain(upstream.url)
  }
})
