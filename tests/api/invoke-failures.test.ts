import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newTool } from '../support/catalogue'
import { call } from '../support/client'
import { newSubscriber, type Person } from '../support/people'
import { until } from '../support/until'
import { startUpstream, type Upstream } from '../support/upstream'

interface Entry {
  tool_id: string
  response_status: string
  tokens_used: number
  request_id: string
}

let upstream: Upstream
let person: Person

beforeAll(async () => {
  upstream = await startUpstream()
  person = await newSubscriber('pro')
})

afterAll(() => upstream.close())

/** Invokes a new tool whose endpoint is this; also reads the usage row that the attempt left. */
async function attempt(url: string, more: Record<string, unknown> = {}) {
  const tool = await newTool(url, { retries: 0, ...more })
  const answer = await call('POST', `/tools/${tool.id}/invoke`, {
    token: person.token,
    body: { input: { a: 1 } },
  })
  const usage = await call<Entry[]>('GET', `/usage?tool_id=${tool.id}`, { token: person.token })
  return { answer, entries: usage.data }
}

describe('a tool that fails: the attempt is logged, and no token is charged', () => {
  test.each([
    ['502, 503 and 504 of the endpoint', '/status/503', 503, 'TOOL_UNAVAILABLE', 'error'],
    ['an endpoint that hangs up', '/reset', 503, 'TOOL_UNAVAILABLE', 'error'],
    ['any other 5xx', '/status/500', 502, 'TOOL_BAD_RESPONSE', 'error'],
    ['a 4xx', '/status/404', 502, 'TOOL_BAD_RESPONSE', 'error'],
    ['an answer that is no JSON', '/text', 502, 'TOOL_BAD_RESPONSE', 'error'],
    ['JSON that is no object', '/list', 502, 'TOOL_BAD_RESPONSE', 'error'],
    ['an answer that does not come', '/held', 504, 'TOOL_TIMEOUT', 'timeout'],
  ])('%s', async (_what, path, status, code, logged) => {
    const more = code === 'TOOL_TIMEOUT' ? { timeout_ms: 400 } : {}
    const { answer, entries } = await attempt(`${upstream.url}${path}`, more)
    expect([answer.status, answer.error?.code]).toEqual([status, code])
    expect(entries).toHaveLength(1)
    expect(entries[0]).toMatchObject({
      response_status: logged,
      tokens_used: 0,
      request_id: answer.headers.get('x-request-id'),
    })
  })

  test('503: nobody listens there, also after the retries', async () => {
    const { answer } = await attempt('http://127.0.0.1:9/nothing', { retries: 1 })
    expect([answer.status, answer.error?.code]).toEqual([503, 'TOOL_UNAVAILABLE'])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(answer.text).not.toContain('127.0.0.1')
  })

  test('retries: a 503 is tried again as often as the tool says, another 5xx is not', async () => {
    await attempt(`${upstream.url}/status/504`, { retries: 2 })
    expect(upstream.calls('/status/504')).toBe(3)
    await attempt(`${upstream.url}/status/501`, { retries: 2 })
    expect(upstream.calls('/status/501')).toBe(1)
  })

  test('after all failures nothing is charged and nothing is held', async () => {
    const { data } = await call('GET', '/subscriptions/current', { token: person.token })
    expect(data).toMatchObject({ tokens_used: 0, tokens_held: 0 })
  })
})

test('a caller that goes away: the call is finished and charged all the same', async () => {
  const caller = await newSubscriber()
  const own = await startUpstream()
  const tool = await newTool(`${own.url}/held`, { metering: { mode: 'fixed', tokens: 7 } })
  const leaving = new AbortController()
  const sent = { token: caller.token, body: { input: {} }, signal: leaving.signal }
  const asking = expect(call('POST', `/tools/${tool.id}/invoke`, sent)).rejects.toThrow()
  await until('the call at the tool', () => own.calls('/held') === 1)
  leaving.abort()
  await asking
  own.release()
  type Balance = { tokens_used: number; tokens_held: number }
  const balance = async () =>
    (await call<Balance>('GET', '/subscriptions/current', { token: caller.token })).data
  await until('the end of the call', async () => (await balance()).tokens_held === 0)
  expect(await balance()).toMatchObject({ tokens_used: 7 })
  await own.close()
})
