import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { adminSession, checkLedgerNow } from '../support/catalogue'
import { call } from '../support/client'
import { newKey, newSubscriber, newUser } from '../support/people'

const ABSENT = '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01'
const CORRECTIONS = `/admin/usage/${ABSENT}/corrections`
const body = { tokens: 3, reason: 'counted twice' }

let admin: string
let caller: { token: string }
let usageId: string

beforeAll(async () => {
  admin = (await adminSession()).token
  caller = await newSubscriber('pro')
  const invoked = await call('POST', '/tools/count-tokens/invoke', {
    token: caller.token,
    body: { input: { text: 'a b c' } },
  })
  expect(invoked.status).toBe(200)
  usageId = (await call<{ id: string }[]>('GET', '/usage', { token: caller.token })).data[0]?.id as string
})

describe('who may', () => {
  test.each<[string, string, object | undefined]>([
    ['POST', CORRECTIONS, body],
    ['GET', CORRECTIONS, undefined],
    ['POST', '/admin/ledger/check', undefined],
    ['GET', '/admin/ledger/check', undefined],
    ['GET', '/admin/usage/last-day', undefined],
  ])('%s %s: 401 for nobody, 403 for a user, and for an API key of an admin', async (method, path, sent) => {
    const { token } = await newUser()
    const { key } = await newKey({ token: admin })
    const more = sent ? { body: sent } : {}
    expect((await call(method, path, more)).status).toBe(401)
    expect((await call(method, path, { ...more, token })).error?.code).toBe('FORBIDDEN')
    expect((await call(method, path, { ...more, key })).error?.code).toBe('FORBIDDEN')
  })
})

describe('POST /admin/usage/{usage_id}/corrections', () => {
  const path = () => `/admin/usage/${usageId}/corrections`

  test('201: the entry, the summary and the subscription follow; once for a request id', async () => {
    const headers = { 'x-request-id': randomUUID() }
    const first = await call<{ id: string }>('POST', path(), { token: admin, body, headers })
    expect(first.status).toBe(201)
    expect(first.data).toMatchObject({
      usage_id: usageId,
      tokens_after: 3,
      request_id: headers['x-request-id'],
    })
    const again = await call<{ id: string }>('POST', path(), { token: admin, body, headers })
    expect(again.data.id).toBe(first.data.id)
    const other = { ...body, tokens: 4 }
    expect((await call('POST', path(), { token: admin, body: other, headers })).error?.code).toBe('CONFLICT')

    // The figure that stands is no correction, whoever asks for it anew.
    const same = await call('POST', path(), { token: admin, body })
    expect([same.status, same.error?.code]).toEqual([409, 'CONFLICT'])
    expect(same.error?.message).toBe('This call is already charged 3 tokens: nothing would change.')

    const { token } = caller
    const usage = await call<{ tokens_used: number }[]>('GET', '/usage', { token })
    expect(usage.data[0]).toMatchObject({ id: usageId, tokens_used: 3 })
    expect((await call('GET', '/usage/summary', { token })).data).toMatchObject({ total_tokens: 3 })
    expect((await call('GET', '/subscriptions/current', { token })).data).toMatchObject({ tokens_used: 3 })
    const kept = await call('GET', path(), { token: admin })
    expect(kept.data).toEqual([first.data])
  })

  test('400 for what is no correction; 404 for an entry that is not there', async () => {
    for (const bad of [
      {},
      { tokens: 3 },
      { ...body, tokens: -1 },
      { ...body, tokens: 1.5 },
      { ...body, reason: ' ' },
    ]) {
      expect((await call('POST', path(), { token: admin, body: bad })).status).toBe(400)
    }
    expect((await call('POST', '/admin/usage/x/corrections', { token: admin, body })).status).toBe(400)
    expect((await call('POST', CORRECTIONS, { token: admin, body })).error?.code).toBe('NOT_FOUND')
    expect((await call('GET', CORRECTIONS, { token: admin })).error?.code).toBe('NOT_FOUND')
  })
})

describe('the ledger check', () => {
  test('200: is made, and its result is kept', async () => {
    const made = await checkLedgerNow<{ periods: number }>()
    expect(made.status).toBe(200)
    expect(made.data).toMatchObject({ asked_by: 'admin', stray_rows: 0 })
    expect(made.data.periods).toBeGreaterThan(0)
    const kept = await call<{ at: string }>('GET', '/admin/ledger/check', { token: admin })
    expect(kept.data).toHaveProperty('drifts')
  })
})

describe('GET /admin/usage/last-day', () => {
  test('200: calls and durations, by tool and by hour', async () => {
    const { status, data } = await call<{ calls_success: number; p95_ms: number; by_hour: object[] }>(
      'GET',
      '/admin/usage/last-day',
      { token: admin },
    )
    expect(status).toBe(200)
    expect(data.calls_success).toBeGreaterThan(0)
    expect(data.p95_ms).not.toBeNull()
    expect(data.by_hour.length).toBeGreaterThan(0)
  })
})
