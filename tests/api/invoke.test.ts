import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newPlan, newTool, type TestTool } from '../support/catalogue'
import { call, type Sent } from '../support/client'
import { newKey, newSubscriber, newUser } from '../support/people'
import { startUpstream, type Upstream } from '../support/upstream'

interface Result {
  request_id: string
  output: Record<string, unknown>
  tokens_used: number
  duration_ms: number
}

let upstream: Upstream
let echo: TestTool

beforeAll(async () => {
  upstream = await startUpstream()
  echo = await newTool(`${upstream.url}/echo`, {
    metering: { mode: 'fixed', tokens: 10 },
    input_schema: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } },
  })
})

afterAll(() => upstream.close())

const invoke = (tool: { slug: string }, sent: Sent) =>
  call<Result>('POST', `/tools/${tool.slug}/invoke`, sent)
const body = { input: { text: 'hello' } }

describe('POST /tools/{tool_id}/invoke: what goes well', () => {
  test('200: the input goes to the endpoint, its answer is the output, its price is charged', async () => {
    const { token } = await newSubscriber()
    const requestId = '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01'
    const answer = await invoke(echo, { token, body, headers: { 'x-request-id': requestId } })
    expect(answer.status).toBe(200)
    expect(answer.data).toMatchObject({
      request_id: requestId,
      output: { echo: body.input },
      tokens_used: 10,
    })
    const { data } = await call('GET', '/subscriptions/current', { token })
    expect(data).toMatchObject({ tokens_used: 10, tokens_held: 0, tokens_remaining: 990 })
  })

  test("200: only the request id of the caller's headers is passed on", async () => {
    const { token } = await newSubscriber()
    const answer = await invoke(echo, { token, body, headers: { cookie: 'a=b', 'x-other': 'y' } })
    const passed = upstream.lastHeaders('/echo')
    expect(passed['x-request-id']).toBe(answer.headers.get('x-request-id'))
    for (const header of ['authorization', 'cookie', 'x-other', 'x-forwarded-for']) {
      expect(passed[header]).toBeUndefined()
    }
  })

  test('200: with an API key, by id, and with the RateLimit fields', async () => {
    const { key } = await newKey(await newSubscriber())
    const answer = await call<Result>('POST', `/tools/${echo.id}/invoke`, { key, body })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('ratelimit-policy')).toMatch(/q=60;w=60/)
    expect(answer.headers.get('ratelimit')).toMatch(/r=\d+;t=\d+/)
  })

  test('200: tokens that the endpoint reports are believed, others are counted', async () => {
    const { token } = await newSubscriber()
    const reports = await newTool(`${upstream.url}/reports/17`)
    expect((await invoke(reports, { token, body })).data.tokens_used).toBe(17)
    const lies = await newTool(`${upstream.url}/reports/-5`)
    expect((await invoke(lies, { token, body })).data.tokens_used).toBeGreaterThan(0)
  })

  test('200: a built-in tool does real work without a network', async () => {
    const { token } = await newSubscriber()
    const answer = await invoke(
      { slug: 'count-tokens' },
      { token, body: { input: { text: 'The quick brown fox' } } },
    )
    expect(answer.status).toBe(200)
    expect(JSON.stringify(answer.data.output)).toMatch(/\d/)
  })
})

describe('POST /tools/{tool_id}/invoke: order of checks', () => {
  const refused = async (sent: Sent, tool = echo) => {
    const { status, error } = await invoke(tool, sent)
    return [status, error?.code]
  }

  test('401 before anything else', async () => {
    expect(await refused({ raw: '{' }, { ...echo, slug: 'no-such-tool' })).toEqual([401, 'UNAUTHORIZED'])
    expect(await refused({ token: 'x', body: {} })).toEqual([401, 'UNAUTHORIZED'])
  })

  test('400 shape → 404 → 400 input schema → SUBSCRIPTION_REQUIRED', async () => {
    const { token } = await newUser()
    expect(await refused({ token, body: { input: 5 } }, { ...echo, slug: 'no-such-tool' })).toEqual([
      400,
      'VALIDATION_ERROR',
    ])
    expect(await refused({ token, body }, { ...echo, slug: 'no-such-tool' })).toEqual([404, 'NOT_FOUND'])
    const wrong = await invoke(echo, { token, body: { input: { text: 5 } } })
    expect([wrong.status, wrong.error?.details[0]?.field]).toEqual([400, 'input.text'])
    expect(await refused({ token, body })).toEqual([403, 'SUBSCRIPTION_REQUIRED'])
  })

  test('403 PLAN_UPGRADE_REQUIRED names the plans that open the tool', async () => {
    const { token } = await newSubscriber('free')
    const tool = await newTool(`${upstream.url}/echo`, { minimum_plan: 'enterprise' })
    const answer = await invoke(tool, { token, body })
    expect([answer.status, answer.error?.code]).toEqual([403, 'PLAN_UPGRADE_REQUIRED'])
    expect(answer.error?.details[0]?.plans).toContain('enterprise')
    expect(answer.error?.details[0]?.plans).not.toContain('pro')
  })

  test('429 RATE_LIMITED with Retry-After once the burst is spent; refused calls do not count', async () => {
    const plan = await newPlan(1_000_000, { requestsPerMinute: 1, burst: 3 })
    const { token } = await newSubscriber(plan)
    const statuses: number[] = []
    for (let count = 0; count < 4; count += 1) statuses.push((await invoke(echo, { token, body })).status)
    expect(statuses).toEqual([200, 200, 200, 429])
    const last = await invoke(echo, { token, body })
    expect([last.status, last.error?.code]).toEqual([429, 'RATE_LIMITED'])
    const seconds = Number(last.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
  })
})
