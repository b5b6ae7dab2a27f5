import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newPlan, newTool, type TestTool } from '../support/catalogue'
import { call, type Sent } from '../support/client'
import { newSubscriber } from '../support/people'
import { until } from '../support/until'
import { startUpstream, type Upstream } from '../support/upstream'

let echo: TestTool
/** Its answers to `/held` are the test's own to give. */
let upstream: Upstream

beforeAll(async () => {
  upstream = await startUpstream()
  echo = await newTool(`${upstream.url}/echo`, { metering: { mode: 'fixed', tokens: 10 } })
})

afterAll(() => upstream.close())

const invoke = (tool: { slug: string }, sent: Sent) => call('POST', `/tools/${tool.slug}/invoke`, sent)
const body = { input: { text: 'hello' } }

describe('POST /tools/{tool_id}/invoke: tokens', () => {
  test('403 TOKEN_LIMIT_EXCEEDED carries the figures, and says when the period ends', async () => {
    const { token } = await newSubscriber(await newPlan(15))
    expect((await invoke(echo, { token, body })).status).toBe(200)
    const answer = await invoke(echo, { token, body })
    expect([answer.status, answer.error?.code]).toEqual([403, 'TOKEN_LIMIT_EXCEEDED'])
    const figures = { token_limit: 15, tokens_used: 10, tokens_held: 0, tokens_remaining: 5 }
    expect(answer.error?.details[0]).toMatchObject(figures)
    expect(Date.parse(String(answer.error?.details[0]?.period_ends_at))).toBeGreaterThan(Date.now())
  })

  test('429 TOKENS_HELD while a call in flight holds them, then they are there again', async () => {
    const { token } = await newSubscriber(await newPlan(100))
    const tool = await newTool(`${upstream.url}/held`, { max_tokens: 100 })
    const first = invoke(tool, { token, body })
    await until('the call at the tool', () => upstream.calls('/held') === 1)
    const held = await invoke(echo, { token, body })
    expect([held.status, held.error?.code, held.headers.get('retry-after')]).toEqual([
      429,
      'TOKENS_HELD',
      '1',
    ])
    expect(held.error?.details[0]).toMatchObject({ token_limit: 100, tokens_held: 100 })
    upstream.release()
    expect((await first).status).toBe(200)
    expect((await invoke(echo, { token, body })).status).toBe(200)
  })

  test('32 parallel calls of a fixed price against a limit that admits 10: exactly 10', async () => {
    const { token } = await newSubscriber(await newPlan(100))
    const own = await startUpstream()
    const tool = await newTool(`${own.url}/held`, { metering: { mode: 'fixed', tokens: 10 } })
    let answered = 0
    const asking = Array.from({ length: 32 }, () =>
      invoke(tool, { token, body }).finally(() => (answered += 1)),
    )
    await until('the answer of all but ten', () => answered === 22).finally(own.release)
    const answers = await Promise.all(asking).finally(own.close)
    const codes = answers.map(({ status, error }) => error?.code ?? status)
    expect(codes.filter((code) => code === 200)).toHaveLength(10)
    expect(new Set(codes.filter((code) => code !== 200))).toEqual(new Set(['TOKENS_HELD']))
    const { data } = await call('GET', '/subscriptions/current', { token })
    expect(data).toMatchObject({ tokens_used: 100, tokens_held: 0, tokens_remaining: 0 })
  })
})
