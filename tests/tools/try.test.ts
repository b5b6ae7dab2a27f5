import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Pool } from 'pg'
import { ask, CALLERS, type Cast, castOfCallers, hubDatabase } from '../access/callers'
import { balanceOf, newCaller, newModel } from '../models/setup'
import { checkLedgerNow, newPlan, newTool, type TestTool } from '../support/catalogue'
import { call } from '../support/client'
import { type ModelUpstream, startModelUpstream, WORDS } from '../support/model-upstream'
import { newUser } from '../support/people'
import { startUpstream, type Upstream } from '../support/upstream'

interface Trial {
  usage_id: string
  output: Record<string, unknown> | null
  failure: { code: string; reason: string } | null
  tokens: number
  source: string
  model_tokens: { input: number } | null
  charged: number
  admission: { plan: string | null; tokens_held: number; refused: { code: string } | null }
  secrets_left_out: string[]
}

let db: Pool
let cast: Cast
let upstream: Upstream
let models: ModelUpstream
let user: Awaited<ReturnType<typeof newCaller>>

beforeAll(async () => {
  db = hubDatabase()
  cast = await castOfCallers()
  upstream = await startUpstream()
  models = await startModelUpstream()
  user = await newCaller()
})
afterAll(async () => {
  await upstream.close()
  await models.close()
  await db.end()
})

const asUser = () => ({ user_id: user.id })

function tryIt(tool: { id: string }, as: object = asUser(), input: object = { a: 1 }) {
  return call<Trial>('POST', `/admin/tools/${tool.id}/try`, {
    headers: cast.headers.admin,
    body: { input, as },
  })
}

const saveDraft = (tool: TestTool, change: object) =>
  ask('PATCH', `/api/tools/${tool.id}?draft=true`, {
    headers: cast.headers.admin,
    body: { ...change, _status: 'draft' },
  })

async function rowOf({ usage_id }: Trial) {
  const { rows } = await db.query(
    `select status, tokens_used::int, tokens_held::int, user_id, error_code, source from usage_logs where id = $1`,
    [usage_id],
  )
  return rows[0]
}

describe('a trial', () => {
  test('shows the output and what would be charged, charges nobody, and is written as the admin’s', async () => {
    const tool = await newTool(`${upstream.url}/reports/37`)
    const before = await balanceOf(user)
    const { status, data } = await tryIt(tool)
    expect([status, data]).toEqual([
      200,
      expect.objectContaining({ tokens: 37, source: 'reported', charged: 0, failure: null }),
    ])
    expect(data.output).toMatchObject({ text: 'done' })
    expect(data.admission).toMatchObject({ refused: null, tokens_held: expect.any(Number) })
    expect(await rowOf(data)).toMatchObject({
      status: 'trial',
      tokens_used: 0,
      tokens_held: 0,
      user_id: cast.adminId,
    })
    expect(await balanceOf(user)).toEqual(before)
  })

  test('is in no history, no sum and no check, and cannot be corrected', async () => {
    const tool = await newTool(`${upstream.url}/reports/5`)
    const { data } = await tryIt(tool)
    for (const sent of [{ key: user.key }, { headers: cast.headers.admin }]) {
      expect((await call<unknown[]>('GET', `/usage?tool_id=${tool.id}`, sent)).data).toEqual([])
      expect((await call('GET', '/usage/summary', sent)).text).not.toContain(tool.id)
    }
    expect((await call('GET', '/admin/usage/last-day', { headers: cast.headers.admin })).text).not.toContain(
      tool.id,
    )
    const own = await ask('GET', `/api/usage-logs?where[id][equals]=${data.usage_id}`, {
      headers: cast.headers["admin's key"],
    })
    expect((own.body as { totalDocs: number }).totalDocs).toBe(0)
    const check = await checkLedgerNow<{ drifts: { user_id: string }[] }>()
    expect(check.data.drifts.filter(({ user_id }) => [user.id, cast.adminId].includes(user_id))).toEqual([])
    const correction = { tokens: 5, reason: 'a trial' }
    const corrected = await call('POST', `/admin/usage/${data.usage_id}/corrections`, {
      headers: cast.headers.admin,
      body: correction,
    })
    expect(corrected.status).toBe(409)
  })

  test('of a model counts as a call of it would', async () => {
    const model = await newModel(`${models.url}/normal`)
    const { data } = await tryIt(model, asUser(), { prompt: 'Hello' })
    expect(data.output).toMatchObject({ text: WORDS.join('') })
    expect(data).toMatchObject({ tokens: 30, source: 'reported', model_tokens: { input: 20 } })
    const { data: failed } = await tryIt(await newModel(`${models.url}/status/500`), asUser(), {
      prompt: 'Hello',
    })
    expect(failed).toMatchObject({ output: null, tokens: 0, failure: { code: 'TOOL_BAD_RESPONSE' } })
    expect(await rowOf(failed)).toMatchObject({ status: 'trial', error_code: 'TOOL_BAD_RESPONSE' })
  })

  test('of a built-in function, by its slug', async () => {
    const { status, data } = await tryIt({ id: 'count-tokens' }, { plan: 'free' }, { text: 'one two three' })
    expect([status, data.tokens, data.source]).toEqual([200, 10, 'fixed'])
  })

  test('calls the last saved draft; others go on calling what is published', async () => {
    const tool = await newTool(`${upstream.url}/reports/1`)
    await saveDraft(tool, { endpoint: `${upstream.url}/reports/2` })
    expect((await tryIt(tool)).data.tokens).toBe(2)
    const invoked = await call<{ tokens_used: number }>('POST', `/tools/${tool.id}/invoke`, {
      key: user.key,
      body: { input: {} },
    })
    expect(invoked.data.tokens_used).toBe(1)
  })

  test('of a draft that goes elsewhere takes no secret along, and says so', async () => {
    const other = await startUpstream()
    const tool = await newTool(`${upstream.url}/echo`, { headers: { 'X-Secret': 'of-the-first-place' } })
    expect((await tryIt(tool)).data.secrets_left_out).toEqual([])
    expect(upstream.lastHeaders('/echo')['x-secret']).toBe('of-the-first-place')
    await saveDraft(tool, { endpoint: `${other.url}/echo` })
    const { data } = await tryIt(tool)
    expect([data.failure, data.secrets_left_out]).toEqual([null, ['X-Secret']])
    expect(other.lastHeaders('/echo')['x-secret']).toBeUndefined()
    await other.close()
  })

  test('that fails again and again closes the tool to nobody', async () => {
    const tool = await newTool(`${upstream.url}/echo`, { retries: 0 })
    await saveDraft(tool, { endpoint: 'http://127.0.0.1:9/nowhere' })
    for (let turn = 0; turn < 7; turn += 1) {
      const { data } = await tryIt(tool)
      expect([data.failure?.code, data.failure?.reason]).toEqual([
        'TOOL_UNAVAILABLE',
        expect.not.stringMatching(/breaker/),
      ])
    }
    expect(
      (await call('POST', `/tools/${tool.id}/invoke`, { key: user.key, body: { input: {} } })).status,
    ).toBe(200)
  })

  test('tells what admission would say, and calls the tool all the same', async () => {
    const dear = await newTool(`${upstream.url}/echo`, {
      minimum_plan: 'enterprise',
      metering: { mode: 'fixed', tokens: 50 },
    })
    const refused = async (as: object) => {
      const { data } = await tryIt(dear, as)
      expect(data.output).toMatchObject({ echo: { a: 1 } })
      return data.admission.refused?.code ?? null
    }
    expect(await refused({ plan: 'free' })).toBe('PLAN_UPGRADE_REQUIRED')
    const small = await newPlan(49)
    expect(await refused({ plan: small })).toBe('TOKEN_LIMIT_EXCEEDED')
    expect(await refused({ plan: await newPlan(50) })).toBeNull()
    const without = await newUser()
    await db.query('delete from subscriptions where user_id = $1', [without.id])
    expect(await refused({ user_id: without.id })).toBe('SUBSCRIPTION_REQUIRED')
  })

  test('refuses an input that the tool does not take, an unknown plan, user or tool', async () => {
    const tool = await newTool(`${upstream.url}/echo`, {
      input_schema: { type: 'object', required: ['text'] },
    })
    expect((await tryIt(tool)).error?.details[0]?.field).toBe('input.text')
    expect((await tryIt(tool, { plan: 'none-such' }, { text: '' })).error?.details[0]?.field).toBe('as.plan')
    expect((await tryIt(tool, { user_id: tool.id }, { text: '' })).error?.details[0]?.field).toBe(
      'as.user_id',
    )
    expect((await tryIt({ id: 'none-such' })).status).toBe(404)
  })
})

test('a draft is checked against its own schema, whatever drafts were tried before', async () => {
  const tool = await newTool(`${upstream.url}/echo`)
  for (const field of ['first', 'second', 'third']) {
    await saveDraft(tool, { inputSchema: { type: 'object', required: [field] } })
    expect((await tryIt(tool)).error?.details[0]?.field).toBe(`input.${field}`)
    expect((await tryIt(tool, asUser(), { [field]: 1 })).status).toBe(200)
  }
  // What is published takes what it took.
  const body = { input: { a: 1 } }
  expect((await call('POST', `/tools/${tool.id}/invoke`, { token: user.token, body })).status).toBe(200)
})

describe('who may try a tool', () => {
  test.each(CALLERS)('%s', async (caller) => {
    const tool = await newTool(`${upstream.url}/text/${caller}`)
    const body = { input: {}, as: { plan: 'free' } }
    const headers = cast.headers[caller]
    const byApi = await call('POST', `/admin/tools/${tool.id}/try`, { headers, body })
    const byPanel = await ask('POST', `/api/tools/${tool.id}/try`, { headers, body })
    const expected = caller === 'admin' ? 200 : caller === 'anonymous' ? 401 : 403
    expect([byApi.status, byPanel.status]).toEqual([expected, expected])
    expect(upstream.calls(`/text/${caller}`)).toBe(caller === 'admin' ? 2 : 0)
  })
})
