import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { newTool, type TestTool } from '../support/catalogue'
import { call } from '../support/client'
import { newSubscriber, newUser, unique } from '../support/people'
import { until } from '../support/until'
import { startUpstream, type Upstream } from '../support/upstream'

let upstream: Upstream
let priced: TestTool
let held: TestTool
let failing: TestTool

beforeAll(async () => {
  upstream = await startUpstream()
  priced = await newTool(`${upstream.url}/echo`, { metering: { mode: 'fixed', tokens: 9 } })
  held = await newTool(`${upstream.url}/held`)
  failing = await newTool(`${upstream.url}/status/500`, { retries: 0 })
})

afterAll(() => upstream.close())

const invoke = (tool: TestTool, token: string, key: string, input: object = { a: 1 }) =>
  call('POST', `/tools/${tool.id}/invoke`, { token, body: { input }, headers: { 'idempotency-key': key } })

test('200: the first answer again, marked as replayed, charged once, the tool called once', async () => {
  const { token } = await newSubscriber()
  const key = unique('key')
  const first = await invoke(priced, token, key)
  const before = upstream.calls('/echo')
  const again = await invoke(priced, token, key)
  expect([first.status, again.status]).toEqual([200, 200])
  expect(first.headers.get('idempotent-replayed')).toBeNull()
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  expect(again.data).toEqual(first.data)
  expect(upstream.calls('/echo')).toBe(before)
  const { data } = await call('GET', '/subscriptions/current', { token })
  expect(data.tokens_used).toBe(9)
})

test('422: the same key with another body', async () => {
  const { token } = await newSubscriber()
  const key = unique('key')
  await invoke(priced, token, key)
  const other = await invoke(priced, token, key, { a: 2 })
  expect([other.status, other.error?.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH'])
})

test('409 with Retry-After: the first one is still running; of six at once one is called', async () => {
  const { token } = await newSubscriber()
  const key = unique('key')
  let answered = 0
  const asking = Array.from({ length: 6 }, () => invoke(held, token, key).finally(() => (answered += 1)))
  await until('the answer of five', () => answered === 5).finally(upstream.release)
  const answers = await Promise.all(asking)
  const running = answers.filter(({ status }) => status === 409)
  expect(running.length).toBe(5)
  expect(running[0]?.error?.code).toBe('IDEMPOTENCY_IN_PROGRESS')
  expect(Number(running[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(upstream.calls('/held')).toBe(1)
})

test('a failure that was not charged frees the key; so does a refusal', async () => {
  const { token } = await newSubscriber()
  const key = unique('key')
  const before = upstream.calls('/status/500')
  expect((await invoke(failing, token, key)).status).toBe(502)
  expect((await invoke(failing, token, key)).status).toBe(502)
  expect(upstream.calls('/status/500')).toBe(before + 2)
  const person = await newUser()
  expect((await invoke(priced, person.token, key)).status).toBe(403)
  await call('POST', '/subscriptions/subscribe', { token: person.token, body: { plan: 'free' } })
  expect((await invoke(priced, person.token, key)).status).toBe(200)
})

test('400: a key that is empty, too long, or not visible ASCII', async () => {
  const { token } = await newSubscriber()
  for (const key of ['', 'x'.repeat(256), 'a b', 'é']) {
    const answer = await invoke(priced, token, key)
    expect([key, answer.status, answer.error?.details[0]?.field]).toEqual([key, 400, 'Idempotency-Key'])
  }
})
