import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { adminSession, newPlan, newTool, type TestTool } from '../support/catalogue'
import { call } from '../support/client'
import { newKey, newSubscriber, newUser, type Person } from '../support/people'
import { until } from '../support/until'
import { startUpstream, type Upstream } from '../support/upstream'
import { CLIENTS, textOf } from './clients'

let upstream: Upstream
let echo: TestTool
let dear: TestTool
let odd: TestTool
let off: TestTool
const schema = { type: 'object', required: ['text'], properties: { text: { type: 'string' } } }

beforeAll(async () => {
  upstream = await startUpstream()
  const priced = { metering: { mode: 'fixed', tokens: 10 } }
  echo = await newTool(`${upstream.url}/echo`, { ...priced, input_schema: schema })
  dear = await newTool(`${upstream.url}/echo`, { ...priced, minimum_plan: 'enterprise' })
  odd = await newTool(`${upstream.url}/echo`, { input_schema: { properties: { any: true, none: false } } })
  off = await newTool(`${upstream.url}/echo`, { is_active: false })
})
afterAll(() => upstream.close())

const lastCall = async (person: { token: string }) =>
  (
    await call<{ request_id: string; tokens_used: number; error_code: string | null }[]>(
      'GET',
      '/usage',
      person,
    )
  ).data[0]

describe.each(CLIENTS)('%s', (_name, connect) => {
  let person: Person
  let key: string
  beforeAll(async () => {
    person = await newSubscriber('free')
    key = (await newKey(person)).key
  })

  test('lists the active tools that the plan opens, by slug, with title, description and schema', async () => {
    const client = await connect(key)
    const tools = await client.listTools()
    await client.close()
    const listed = tools.find(({ name }) => name === echo.slug)
    expect(listed).toMatchObject({ title: echo.name, description: 'A tool of a test.', inputSchema: schema })
    expect(tools.map(({ name }) => name)).not.toContain(dear.slug)
    expect(tools.map(({ name }) => name)).not.toContain(off.slug)
  })

  test('lists a tool whose schema is written another way in the form that clients insist on', async () => {
    const client = await connect(key)
    const tools = await client.listTools()
    await client.close()
    expect(tools.find(({ name }) => name === odd.slug)?.inputSchema).toEqual({
      type: 'object',
      properties: { any: {}, none: { not: {} } },
    })
  })

  test('a call is an invocation: output twice, its price charged, a row under the request id', async () => {
    const requestId = crypto.randomUUID()
    const client = await connect(key, { headers: { 'x-request-id': requestId } })
    const result = await client.callTool(echo.slug, { text: 'hello' })
    await client.close()
    expect(result.isError ?? false).toBe(false)
    expect(result.structuredContent).toEqual({ echo: { text: 'hello' } })
    expect(JSON.parse(textOf(result))).toEqual({ echo: { text: 'hello' } })
    expect(result._meta).toMatchObject({ request_id: requestId, tokens_used: 10 })
    expect(await lastCall(person)).toMatchObject({ request_id: requestId, tokens_used: 10, error_code: null })
    expect(upstream.lastHeaders('/echo')['x-request-id']).toBe(requestId)
  })

  test('an access token serves as well as a key', async () => {
    const client = await connect(person.token)
    expect((await client.callTool(echo.slug, { text: 'hi' })).structuredContent).toEqual({
      echo: { text: 'hi' },
    })
    await client.close()
  })

  test('arguments that do not fit are told by the names that the model gave them', async () => {
    const client = await connect(key)
    const result = await client.callTool(echo.slug, {})
    await client.close()
    expect(result.isError).toBe(true)
    expect(textOf(result)).toMatch(/^VALIDATION_ERROR: text is required\nCorrect the arguments/)
  })

  test('a tool above the plan is refused with the way on', async () => {
    const client = await connect(key)
    const result = await client.callTool(dear.slug, {})
    await client.close()
    expect(result.isError).toBe(true)
    expect(textOf(result)).toMatch(/^PLAN_UPGRADE_REQUIRED: .*enterprise[\s\S]*tell the user/)
  })

  test('an unknown tool, and one that is switched off, is an error of the protocol', async () => {
    const client = await connect(key)
    for (const name of ['no-such-tool', off.slug])
      await expect(client.callTool(name)).rejects.toMatchObject({ code: -32602 })
    await client.close()
  })

  test('without a valid credential the client is refused by 401', async () => {
    await expect(connect('hub_no-key-at-all')).rejects.toMatchObject({
      message: expect.stringMatching(/401|UNAUTHORIZED|Unauthorized/),
    })
  })
})

describe('refusals that a model reads', () => {
  const connect = CLIENTS[0]?.[1] as (typeof CLIENTS)[number][1]
  const refused = async (person: { token: string }, tool: { slug: string }) => {
    const client = await connect(person.token)
    const result = await client.callTool(tool.slug, { text: 'x' })
    await client.close()
    expect(result.isError).toBe(true)
    return {
      text: textOf(result),
      meta: result._meta as { request_id: string; error: Record<string, unknown> },
    }
  }

  test('no subscription', async () => {
    const person = await newUser()
    await endSubscription(person.id)
    expect((await refused(person, echo)).text).toMatch(/^SUBSCRIPTION_REQUIRED/)
  })

  test('a spent plan: its figures, and no promise that waiting a moment helps', async () => {
    const person = await newSubscriber(await newPlan(5))
    const { text, meta } = await refused(person, echo)
    expect(text).toMatch(/^TOKEN_LIMIT_EXCEEDED: .*5 of 5 are left[\s\S]*Calling again does not help/)
    expect(meta.error).toMatchObject({ code: 'TOKEN_LIMIT_EXCEEDED', details: [{ token_limit: 5 }] })
  })

  test('too fast: how long to wait', async () => {
    const person = await newSubscriber(await newPlan(1_000, { requestsPerMinute: 1, burst: 1 }))
    const client = await connect(person.token)
    await client.callTool(echo.slug, { text: 'x' })
    await client.close()
    const { text, meta } = await refused(person, echo)
    expect(text).toMatch(/^RATE_LIMITED[\s\S]*Wait \d+ s before you call again/)
    expect(meta.error.retry_after_seconds).toBeGreaterThan(0)
  })

  test('tokens that a call in flight holds', async () => {
    const slow = await newTool(`${upstream.url}/held`, { metering: { mode: 'fixed', tokens: 10 } })
    const person = await newSubscriber(await newPlan(15))
    const client = await connect(person.token)
    const first = client.callTool(slow.slug)
    await until('the call at the tool', () => upstream.calls('/held') === 1)
    const { text } = await refused(person, echo).finally(upstream.release)
    expect(text).toMatch(/^TOKENS_HELD[\s\S]*Wait 1 s/)
    expect((await first).isError ?? false).toBe(false)
    await client.close()
  })

  test('a tool that fails costs nothing and is written down', async () => {
    const broken = await newTool(`${upstream.url}/status/500`)
    const person = await newSubscriber()
    const { text, meta } = await refused(person, broken)
    expect(text).toMatch(/^TOOL_BAD_RESPONSE: .*Nothing was charged/)
    expect(await lastCall(person)).toMatchObject({
      request_id: meta.request_id,
      tokens_used: 0,
      error_code: 'TOOL_BAD_RESPONSE',
    })
  })
})

/** New accounts are given a plan; an admin takes it away. */
async function endSubscription(userId: string): Promise<void> {
  const { token } = await adminSession()
  const answer = await call('DELETE', `/api/subscriptions?where[user][equals]=${userId}`, { token })
  if (answer.status !== 200) throw new Error(answer.text)
}
