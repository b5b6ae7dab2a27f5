import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { whatIf } from '../../src/admin/plans/what-if'
import { seedDemo } from '../../src/demo/demo'
import { ask, CALLERS, type Cast, castOfCallers } from '../access/callers'
import { freshDatabase, type TestDatabase } from '../support/database'
import { startTestHub } from '../support/hub'

let database: TestDatabase
let planId: string
const now = new Date()
const generous = { tokenLimit: 500_000, requestsPerMinute: 6_000, burst: 500 }

beforeAll(async () => {
  database = await freshDatabase()
  const hub = await startTestHub(database.url)
  await hub.stop()
  await seedDemo(database.pool, now)
  planId = (await database.pool.query(`select id from plans where name = 'enterprise'`)).rows[0].id
}, 120_000)
afterAll(() => database?.drop())

describe('the last 30 days against other limits', () => {
  test('stop nobody at the limits that they had', async () => {
    expect(await whatIf(database.pool, planId, generous, now)).toMatchObject({
      users: 0,
      calls: 0,
      stopped: [],
    })
  })

  test('stop those whose periods go beyond the draft, at the call that does not fit', async () => {
    const draft = { ...generous, tokenLimit: 150_000 }
    const found = await whatIf(database.pool, planId, draft, now)
    const { rows } = await database.pool.query<{
      user_id: string
      period_start: Date
      at: Date
      tokens: number
    }>(
      `select l.user_id, l.period_start, l.created_at as at, l.tokens_used::float8 as tokens
       from usage_logs l where l.plan_id = $1 order by l.user_id, l.period_start, l.id`,
      [planId],
    )
    const since = now.getTime() - 30 * 86_400_000
    const used = new Map<string, number>()
    const first = new Map<string, Date>()
    let tokens = 0
    for (const row of rows) {
      const period = `${row.user_id} ${row.period_start.toISOString()}`
      const sum = (used.get(period) ?? 0) + row.tokens
      if (sum <= draft.tokenLimit) used.set(period, sum)
      else if (row.at.getTime() >= since) {
        tokens += row.tokens
        if (!first.has(row.user_id)) first.set(row.user_id, row.at)
      }
    }
    expect(found.tokens).toBe(tokens)
    expect(tokens).toBeGreaterThan(0)
    expect(new Map(found.stopped.map((one) => [one.userId, one.firstAt]))).toEqual(first)
    expect(found.replayed).toBe(found.candidates)
  })

  test('stop by the rate whoever calls faster than the draft allows', async () => {
    const found = await whatIf(database.pool, planId, { ...generous, requestsPerMinute: 1, burst: 1 }, now)
    expect(found.stopped.some(({ by, calls }) => by === 'rate' && calls > 0)).toBe(true)
    expect(found.replayed).toBeLessThanOrEqual(60)
  })

  test('are read by few statements, however many users there are', async () => {
    let rows = 0
    const counting = {
      query: async (text: string, values: unknown[]) => {
        const answer = await database.pool.query(text, values)
        rows += answer.rows.length
        return answer
      },
    }
    await whatIf(counting as never, planId, generous, now)
    expect(rows).toBe(1)
  })
})

describe('who may ask', () => {
  let cast: Cast
  let id: string
  beforeAll(async () => {
    cast = await castOfCallers()
    const plans = await ask('GET', '/api/plans?limit=1', { headers: cast.headers.admin })
    id = (plans.body as { docs: Array<{ id: string }> }).docs[0]?.id as string
  })

  test.each(CALLERS)('%s', async (caller) => {
    const answer = await ask('POST', `/api/panel/plans/${id}/what-if`, {
      headers: cast.headers[caller],
      body: generous,
    })
    expect(answer.status).toBe(caller === 'admin' ? 200 : caller === 'anonymous' ? 401 : 403)
  })

  test('a draft that is none, and a plan that is none, say so', async () => {
    const post = (plan: string, body: object) =>
      ask('POST', `/api/panel/plans/${plan}/what-if`, { headers: cast.headers.admin, body })
    expect((await post(id, { ...generous, tokenLimit: 0 })).status).toBe(400)
    expect((await post(randomUUID(), generous)).status).toBe(404)
  })
})
