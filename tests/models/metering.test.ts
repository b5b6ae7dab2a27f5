import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import pg from 'pg'
import { newPlan } from '../support/catalogue'
import { call } from '../support/client'
import { untilWaitedFor } from '../support/locks'
import { type ModelUpstream, startModelUpstream, WORDS } from '../support/model-upstream'
import { newKey, newSubscriber } from '../support/people'
import { hubUrl } from '../support/run'
import { until } from '../support/until'
import { askDoor, balanceOf, type Caller, newCaller, newModel, rowsOf } from './setup'

let upstream: ModelUpstream
let caller: Caller
let database: pg.Pool

beforeAll(async () => {
  database = new pg.Pool({ connectionString: process.env.HUB_TEST_HUB_DATABASE_URL, max: 1 })
  upstream = await startModelUpstream()
  caller = await newCaller(10_000_000)
})

afterAll(async () => {
  await upstream.close()
  await database.end()
})

const messages = [{ role: 'user', content: 'Say something.' }]

describe('what a call of a model costs', () => {
  const reported = {
    input_tokens: 20,
    cached_input_tokens: 4,
    output_tokens: 10,
    reasoning_tokens: 3,
    source: 'reported',
    status: 'success',
  }

  test.each([false, true])('as the provider reports it, by its weights; stream: %s', async (stream) => {
    const weights = { input: 50, cached_input: 25, output: 200, reasoning: 300 }
    const tool = await newModel(`${upstream.url}/normal`, { model: { weights } })
    const answer = await askDoor('/chat/completions', caller.key, { model: tool.slug, messages, stream })
    expect(answer.status).toBe(200)
    await answer.text()
    // 16 · 0.5 + 4 · 0.25 + 7 · 2 + 3 · 3 = 8 + 1 + 14 + 9
    expect(await rowsOf(tool.id)).toMatchObject([{ ...reported, tokens: 32 }])
    expect((await balanceOf(caller)).held).toBe(0)
  })

  test.each([false, true])('counted where nothing is reported; stream: %s', async (stream) => {
    const tool = await newModel(`${upstream.url}/silent`)
    await (await askDoor('/chat/completions', caller.key, { model: tool.slug, messages, stream })).text()
    const [row] = await rowsOf(tool.id)
    expect(row).toMatchObject({ status: 'success', source: 'counted' })
    // "The quick brown fox jumps." has six tokens in o200k.
    expect(row?.output_tokens).toBe(6)
    expect(row?.tokens).toBe((row?.input_tokens ?? 0) + 6)
  })

  test('usage is asked for in every stream, and shown to those who asked', async () => {
    const tool = await newModel(`${upstream.url}/normal`)
    const ask = async (stream_options?: object) => {
      const body = { model: tool.slug, messages, stream: true, ...(stream_options ? { stream_options } : {}) }
      return (await askDoor('/chat/completions', caller.key, body)).text()
    }
    expect(await ask()).not.toContain('"usage"')
    expect(await ask({ include_usage: true })).toContain('"prompt_tokens":20')
    const sent = upstream.seen('normal').slice(-2)
    for (const { body } of sent) expect(body.stream_options).toEqual({ include_usage: true })
  })

  test('usage on every chunk is charged once and hidden from those who did not ask', async () => {
    const tool = await newModel(`${upstream.url}/each-usage`)
    const body = { model: tool.slug, messages, stream: true }
    const text = await (await askDoor('/chat/completions', caller.key, body)).text()
    expect(text).not.toContain('"usage"')
    for (const word of WORDS) expect(text).toContain(JSON.stringify(word))
    expect(await rowsOf(tool.id)).toMatchObject([{ ...reported, tokens: 30 }])
  })

  test('a fixed price is the price, and the counts stand in the row', async () => {
    const tool = await newModel(`${upstream.url}/normal`, { metering: { mode: 'fixed', tokens: 7 } })
    await (await askDoor('/chat/completions', caller.key, { model: tool.slug, messages })).text()
    expect(await rowsOf(tool.id)).toMatchObject([{ ...reported, source: 'fixed', tokens: 7 }])
  })

  test('embeddings: what went in', async () => {
    const tool = await newModel(`${upstream.url}/normal`, { model: { kind: 'embeddings' } })
    const answer = await askDoor('/embeddings', caller.key, { model: tool.slug, input: ['a', 'b'] })
    expect(((await answer.json()) as { data: unknown[] }).data).toHaveLength(2)
    expect(await rowsOf(tool.id)).toMatchObject([{ tokens: 8, input_tokens: 8, output_tokens: 0 }])
  })
})

describe('the hold', () => {
  const holder = async (limit: number) => {
    const person = await newSubscriber(await newPlan(limit))
    return { ...person, key: (await newKey(person)).key }
  }
  const toldMaximum = (behaviour: string) => upstream.seen(behaviour).at(-1)?.body.max_tokens

  test("is the counted input and the most output; the upstream is told the caller's maximum, or the tool's", async () => {
    const tool = await newModel(`${upstream.url}/normal`, {
      model: { max_output_tokens: 50, default_output_tokens: 40 },
    })
    const ask = (more: object) =>
      askDoor('/chat/completions', caller.key, { model: tool.slug, messages, ...more }).then((r) => r.text())
    await ask({})
    expect(toldMaximum('normal')).toBe(40)
    await ask({ max_tokens: 10 })
    expect(toldMaximum('normal')).toBe(10)
    await ask({ max_completion_tokens: 5_000 })
    expect(upstream.seen('normal').at(-1)?.body).toMatchObject({ max_completion_tokens: 50 })
    expect(upstream.seen('normal').at(-1)?.body).not.toHaveProperty('max_tokens')
    const rows = await rowsOf(tool.id, 3)
    const [first, second] = rows
    expect((first?.held ?? 0) - (second?.held ?? 0)).toBe(30)
  })

  test('is cut to what is left, and the upstream is told the smaller maximum', async () => {
    const poor = await holder(60)
    const tool = await newModel(`${upstream.url}/normal`, { model: { max_output_tokens: 5_000 } })
    const answer = await askDoor('/chat/completions', poor.key, { model: tool.slug, messages })
    expect(answer.status).toBe(200)
    await answer.text()
    const [row] = await rowsOf(tool.id)
    expect(row?.held).toBe(60)
    const told = toldMaximum('normal') as number
    expect(told).toBeGreaterThan(0)
    expect(told).toBeLessThan(60)
    expect(await balanceOf(poor)).toEqual({ used: 30, held: 0 })
  })

  test('by weight: twice as dear an output is told half the maximum', async () => {
    const poor = await holder(100)
    const weights = { output: 200, reasoning: 100 }
    const tool = await newModel(`${upstream.url}/silent`, { model: { max_output_tokens: 5_000, weights } })
    await (await askDoor('/chat/completions', poor.key, { model: tool.slug, messages })).text()
    const plain = await newModel(`${upstream.url}/normal`, { model: { max_output_tokens: 5_000 } })
    const other = await holder(100)
    await (await askDoor('/chat/completions', other.key, { model: plain.slug, messages })).text()
    expect(toldMaximum('silent')).toBe(Math.floor((toldMaximum('normal') as number) / 2))
  })

  test('an input that takes all that is left is refused; nothing is called', async () => {
    const poor = await holder(5)
    const tool = await newModel(`${upstream.url}/normal`)
    const before = upstream.seen('normal').length
    const answer = await askDoor('/chat/completions', poor.key, { model: tool.slug, messages })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect(await answer.json()).toMatchObject({
      error: { code: 'insufficient_quota', type: 'insufficient_quota' },
    })
    expect(upstream.seen('normal').length).toBe(before)
    expect(await balanceOf(poor)).toEqual({ used: 0, held: 0 })
  })

  test('32 at once against a limit for ten: no overspend whatever the model would have liked to say', async () => {
    const poor = await holder(300)
    const tool = await newModel(`${upstream.url}/normal`, { model: { max_output_tokens: 10 } })
    const statuses = await Promise.all(
      Array.from({ length: 32 }, async () => {
        const answer = await askDoor('/chat/completions', poor.key, { model: tool.slug, messages })
        await answer.text()
        return answer.status
      }),
    )
    const { used, held } = await balanceOf(poor)
    expect(held).toBe(0)
    // The last one may have been told a smaller maximum, and is charged no more than that.
    const admitted = statuses.filter((status) => status === 200).length
    expect(used).toBeLessThanOrEqual(30 * admitted)
    expect(used).toBeGreaterThan(30 * (admitted - 1))
    // While others hold the tokens nobody is refused for good: a 403 means that less is left than a call takes.
    if (statuses.includes(403)) expect(300 - used).toBeLessThan(30)
    expect(statuses.filter((status) => ![200, 429, 403].includes(status))).toEqual([])
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0)
  })
})

describe('a caller that goes away', () => {
  test('ends the stream upstream at once, and is charged for what came', async () => {
    const tool = await newModel(`${upstream.url}/stall/2`)
    const controller = new AbortController()
    const body = { model: tool.slug, messages, stream: true }
    const answer = await askDoor('/chat/completions', caller.key, body, controller.signal)
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    let text = ''
    while (!text.includes('quick')) text += new TextDecoder().decode((await reader.read()).value)
    const before = upstream.left('stall')
    controller.abort()
    const [row] = await rowsOf(tool.id)
    expect(row).toMatchObject({ status: 'success', error_code: 'CALLER_GONE', source: 'partial' })
    expect(row?.output_tokens).toBeGreaterThan(0)
    expect(row?.output_tokens).toBeLessThan(6)
    expect(row?.first_token_ms).toBeGreaterThan(0)
    await until('the end of the stream', () => upstream.left('stall') === before + 1)
    expect((await balanceOf(caller)).held).toBe(0)
  })

  test('is charged for what came, also where the provider had not reported it by then', async () => {
    const tool = await newModel(`${upstream.url}/early-usage/3`)
    const controller = new AbortController()
    const body = { model: tool.slug, messages, stream: true }
    const answer = await askDoor('/chat/completions', caller.key, body, controller.signal)
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    let text = ''
    while (!text.includes('brown')) text += new TextDecoder().decode((await reader.read()).value)
    controller.abort()
    const [row] = await rowsOf(tool.id)
    expect(row).toMatchObject({ error_code: 'CALLER_GONE', source: 'partial', input_tokens: 20 })
    expect(row?.output_tokens).toBeGreaterThan(2)
  })

  test.each([false, true])(
    'while the call is still being admitted: nobody is called any more; stream: %s',
    async (stream) => {
      const tool = await newModel(`${upstream.url}/normal`)
      const before = upstream.seen('normal').length
      const lock = new pg.Client({ connectionString: process.env.HUB_TEST_HUB_DATABASE_URL })
      await lock.connect()
      try {
        await lock.query('begin')
        await lock.query('select from subscriptions where user_id = $1 for no key update', [caller.id])
        const body = { model: tool.slug, messages, stream }
        const leaving = new AbortController()
        const asking = expect(
          askDoor('/chat/completions', caller.key, body, leaving.signal),
        ).rejects.toThrow()
        await untilWaitedFor(database, lock)
        leaving.abort()
        await asking
        // Answered after the hub has seen that the connection is closed.
        await (await fetch(`${hubUrl()}/health`)).text()
        await lock.query('rollback')
      } finally {
        await lock.end()
      }
      expect(await rowsOf(tool.id)).toMatchObject([{ status: 'success', error_code: 'CALLER_GONE' }])
      expect(upstream.seen('normal')).toHaveLength(before)
      expect((await balanceOf(caller)).held).toBe(0)
    },
  )

  test('from GraphQL ends the call upstream as well', async () => {
    const tool = await newModel(`${upstream.url}/slow/60000`)
    const query = `mutation { invokeTool(tool: "${tool.slug}", input: { prompt: "x" }) { output } }`
    const leaving = new AbortController()
    const [seen, left] = [upstream.seen('slow').length, upstream.left('slow')]
    const asked = fetch(`${hubUrl()}/api/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': caller.key },
      body: JSON.stringify({ query }),
      signal: leaving.signal,
    })
    const gone = expect(asked).rejects.toThrow()
    await until('the call at the model', () => upstream.seen('slow').length > seen)
    leaving.abort()
    await gone
    const [row] = await rowsOf(tool.id)
    expect(row).toMatchObject({ status: 'success', error_code: 'CALLER_GONE', output_tokens: 0 })
    await until('the end of the call', () => upstream.left('slow') === left + 1)
  })

  test('ends a call that is no stream, and is charged for the input', async () => {
    const tool = await newModel(`${upstream.url}/slow/60000`)
    const leaving = new AbortController()
    const seen = upstream.seen('slow').length
    const body = { model: tool.slug, messages }
    const gone = expect(askDoor('/chat/completions', caller.key, body, leaving.signal)).rejects.toThrow()
    await until('the call at the model', () => upstream.seen('slow').length > seen)
    leaving.abort()
    await gone
    const [row] = await rowsOf(tool.id)
    expect(row).toMatchObject({ error_code: 'CALLER_GONE', source: 'partial', output_tokens: 0 })
    expect(row?.tokens).toBeGreaterThan(0)
  })
})

describe('an invocation of a model', () => {
  test('with a template: the input is checked, the message is made of it, the system prompt goes before', async () => {
    const tool = await newModel(`${upstream.url}/normal`, {
      model: { system_prompt: 'You translate.', prompt_template: 'To {{language}}: {{ text }}' },
      input_schema: {
        type: 'object',
        required: ['text', 'language'],
        properties: { text: { type: 'string' }, language: { type: 'string' } },
      },
    })
    const invoke = (input: object) =>
      call('POST', `/tools/${tool.slug}/invoke`, { token: caller.token, body: { input } })
    expect((await invoke({ text: 'x' })).error?.details[0]?.field).toBe('input.language')
    const answer = await invoke({ text: 'Hello', language: 'French' })
    expect(answer.data).toMatchObject({
      output: { text: WORDS.join(''), finish_reason: 'stop', model: 'the-model' },
      tokens_used: 30,
    })
    expect(upstream.seen('normal').at(-1)?.body.messages).toEqual([
      { role: 'system', content: 'You translate.' },
      { role: 'user', content: 'To French: Hello' },
    ])
  })

  test('without a template: a prompt, or messages', async () => {
    const tool = await newModel(`${upstream.url}/normal`)
    const invoke = (input: object) =>
      call('POST', `/tools/${tool.slug}/invoke`, { token: caller.token, body: { input } })
    expect((await invoke({ prompt: 'Hi', temperature: 0.5 })).status).toBe(200)
    expect(upstream.seen('normal').at(-1)?.body).toMatchObject({
      model: 'the-model',
      temperature: 0.5,
      messages: [{ role: 'user', content: 'Hi' }],
    })
    const nothing = await invoke({})
    expect([nothing.status, nothing.error?.details[0]?.field]).toEqual([400, 'input.prompt'])
    const wrong = await invoke({ messages: [], max_tokens: -1 })
    expect(wrong.error?.details.map(({ field }) => field)).toEqual(['input.messages', 'input.max_tokens'])
  })

  test('an Idempotency-Key is charged once', async () => {
    const tool = await newModel(`${upstream.url}/normal`)
    const headers = { 'idempotency-key': 'model-1' }
    const sent = { token: caller.token, body: { input: { prompt: 'Hi' } }, headers }
    const first = await call('POST', `/tools/${tool.slug}/invoke`, sent)
    const again = await call('POST', `/tools/${tool.slug}/invoke`, sent)
    expect(again.data).toEqual(first.data)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(await rowsOf(tool.id)).toHaveLength(1)
  })
})
