import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Pool } from 'pg'
import { deleteOldRefusals, insertRefusals } from '../../src/domain/refusals/keep-refusal'
import { ask, hubDatabase } from '../access/callers'
import { adminSession, newPlan, newTool } from '../support/catalogue'
import { call } from '../support/client'
import { newKey, newSubscriber, newUser, unique } from '../support/people'
import { hubUrl } from '../support/run'
import { until } from '../support/until'
import { startUpstream, type Upstream } from '../support/upstream'

type Refusal = {
  user_id: string | null
  tool_name: string | null
  layer: string
  reason: string
  code: string
  message: string
  figures: Record<string, unknown>
  left_out: number
}

let db: Pool
let upstream: Upstream
beforeAll(async () => {
  db = hubDatabase()
  upstream = await startUpstream()
})
afterAll(async () => {
  await upstream.close()
  await db.end()
})

/** What is kept of this request; waits for the timer that writes it. */
async function kept(requestId: string): Promise<Refusal> {
  const look = async () =>
    (await db.query<Refusal>('select * from refusals where request_id = $1', [requestId])).rows[0]
  return (await until(`what is kept of ${requestId}`, look)) as Refusal
}

async function refused(sent: { token?: string; key?: string; tool: string; body?: object }) {
  const requestId = crypto.randomUUID()
  const { tool, body = { input: { a: 1 } }, ...who } = sent
  const answer = await call('POST', `/tools/${tool}/invoke`, {
    ...who,
    body,
    headers: { 'x-request-id': requestId },
  })
  expect(answer.status).toBeGreaterThanOrEqual(400)
  return { ...(await kept(requestId)), answered: answer.error?.code }
}

describe('each layer that says no is kept with what it saw', () => {
  test('tokens: limit, used, held and the hold that was asked', async () => {
    const { slug, name } = await newTool(`${upstream.url}/reports/70`, { max_tokens: 70 })
    const person = await newSubscriber(await newPlan(100))
    expect(
      (await call('POST', `/tools/${slug}/invoke`, { token: person.token, body: { input: {} } })).status,
    ).toBe(200)
    const row = await refused({ token: person.token, tool: slug })
    expect(row).toMatchObject({
      user_id: person.id,
      tool_name: name,
      layer: 'tokens',
      reason: 'too-large',
      code: row.answered,
      left_out: 0,
      figures: {
        tokenLimit: 100,
        tokensUsed: 70,
        tokensHeld: 0,
        tokensRemaining: 30,
        holdAsked: 70,
        holdMode: 'exact',
      },
    })
    expect(row.message).toContain('30 of 100 are left')
  })

  test('rate: what the plan allows, and when the next call may come', async () => {
    const { slug } = await newTool(`${upstream.url}/echo`)
    const person = await newSubscriber(await newPlan(100_000, { requestsPerMinute: 1, burst: 1 }))
    await call('POST', `/tools/${slug}/invoke`, { token: person.token, body: { input: {} } })
    const row = await refused({ token: person.token, tool: slug })
    expect(row).toMatchObject({
      layer: 'rate',
      reason: 'rate-limited',
      figures: { requestsPerMinute: 1, burst: 1 },
    })
    expect(row.figures.retryAfterMs).toBeGreaterThan(0)
  })

  test('plan and subscription', async () => {
    const { slug } = await newTool(`${upstream.url}/echo`, { minimum_plan: 'enterprise' })
    const free = await newSubscriber('free')
    expect(await refused({ token: free.token, tool: slug })).toMatchObject({
      layer: 'plan',
      figures: { plan: 'free', minimumTier: 'enterprise', opensWith: expect.stringContaining('enterprise') },
    })
    const nobody = await newUser()
    expect(await refused({ token: nobody.token, tool: slug })).toMatchObject({
      user_id: nobody.id,
      layer: 'subscription',
      reason: 'no-subscription',
      figures: { expired: false },
    })
  })

  test('input, catalogue and sign-in; of the input only the fields', async () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false }
    const { slug } = await newTool(`${upstream.url}/echo`, { input_schema: schema })
    const { id, token } = await newSubscriber('free')
    const row = await refused({ token, tool: slug, body: { input: { a: 815_4711 } } })
    expect(row).toMatchObject({
      user_id: id,
      tool_name: slug,
      layer: 'input',
      figures: { fields: 'input.a' },
    })
    expect(JSON.stringify(row)).not.toContain('8154711')
    const absent = unique('absent')
    expect(await refused({ token, tool: absent })).toMatchObject({
      layer: 'catalogue',
      tool_name: absent,
      user_id: id,
    })
  })

  const addresses = ['/v1', '/api/v1/openai'].flatMap((base) =>
    ['chat/completions', 'responses', 'embeddings'].map((path) => `${base}/${path}`),
  )
  test.each(addresses)('at %s too, with the model that was named', async (path) => {
    const person = await newUser()
    const send = async (body: object) => {
      const id = crypto.randomUUID()
      const headers = { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' }
      const answer = await fetch(`${hubUrl()}${path}`, {
        method: 'POST',
        headers: { ...headers, 'x-request-id': id.toUpperCase() },
        body: JSON.stringify(body),
      })
      expect(answer.headers.get('x-request-id')).toBe(id)
      expect(answer.status).toBeGreaterThanOrEqual(400)
      return kept(id)
    }
    const model = unique('no-model')
    expect(await send({ model, input: 'a', messages: [] })).toMatchObject({
      user_id: person.id,
      tool_name: model,
      layer: 'catalogue',
      reason: 'no-such-tool',
    })
    expect(await send({ model: 7 })).toMatchObject({ tool_name: null, layer: 'input' })
  })

  test('an idempotency key that stands for another request', async () => {
    const { slug } = await newTool(`${upstream.url}/echo`)
    const person = await newSubscriber(await newPlan(100_000))
    const requestId = crypto.randomUUID()
    const headers = { 'idempotency-key': unique('key'), 'x-request-id': requestId }
    const send = (input: object) =>
      call('POST', `/tools/${slug}/invoke`, { token: person.token, headers, body: { input } })
    await send({ a: 1 })
    expect((await send({ a: 2 })).status).toBe(422)
    expect(await kept(requestId)).toMatchObject({ layer: 'idempotency', reason: 'idempotency-mismatch' })
  })
})

test('a flood of one user leaves a handful of rows', async () => {
  const { slug } = await newTool(`${upstream.url}/echo`, { minimum_plan: 'enterprise' })
  const { id, token } = await newSubscriber('free')
  const { key } = await newKey({ token })
  for (let round = 0; round < 10; round += 1)
    await Promise.all(
      Array.from({ length: 20 }, () => call('POST', `/tools/${slug}/invoke`, { key, body: { input: {} } })),
    )
  await refused({ token: (await newUser()).token, tool: slug })
  const { rows } = await db.query<Refusal>('select * from refusals where user_id = $1', [id])
  expect(rows).toHaveLength(5)
})

test('admins find them by user and by request id; they go after 30 days', async () => {
  const { token } = await adminSession()
  const { id } = await newUser()
  const requestId = crypto.randomUUID()
  const row = {
    userId: id,
    reason: 'spent',
    layer: 'tokens',
    code: 'TOKEN_LIMIT_EXCEEDED',
    message: 'no',
    requestId,
    toolId: null,
    toolName: null,
    figures: {},
    leftOut: 3,
  } as const
  const old = { ...row, requestId: crypto.randomUUID(), at: new Date(Date.now() - 31 * 86_400_000) }
  await insertRefusals(db, [{ ...row, at: new Date() }, old])
  const list = async (query: string) => {
    const answer = await ask('GET', `/api/refusals?depth=0&${query}`, { token })
    return (answer.body as { docs: { requestId: string }[] }).docs.map((doc) => doc.requestId)
  }
  expect(await list(`where[user][equals]=${id}`)).toEqual([requestId, old.requestId])
  for (const spelled of [requestId, requestId.toUpperCase()])
    expect(await list(`where[or][0][requestId][like]=${spelled}`)).toEqual([requestId])
  await deleteOldRefusals(db)
  expect(await list(`where[user][equals]=${id}`)).toEqual([requestId])
})
