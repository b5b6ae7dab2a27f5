import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { seedDemo } from '../../demo/demo'
import { whatIf } from '../../src/panel/plans/what-if'
import { ask, CALLERS, type Cast, castOfCallers } from '../access/callers'
import { hubDatabase, type TestDatabase } from '../support/database'
import { startTestHub } from '../support/hub'

let database: TestDatabase
let planId: string
const now = new Date()
const generous = { tokenLimit: 500_000, requestsPerMinute: 6_000, burst: 500, callsAtOnce: 200 }

beforeAll(async () => {
  database = await hubDatabase()
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
    expect(found.byTokens.played).toBe(found.byTokens.periods)
    expect(found.stopped.every(({ exact }) => exact)).toBe(true)
  })

  test('stop by the rate whoever calls faster than the draft allows', async () => {
    const found = await whatIf(database.pool, planId, { ...generous, requestsPerMinute: 1, burst: 1 }, now)
    expect(found.stopped.some(({ by, calls }) => by === 'rate' && calls > 0)).toBe(true)
    expect(found.byPace).toMatchObject({ needed: true, playedDays: found.byPace.days })
  })

  test('stop by calls at once whoever has more under way than the draft allows', async () => {
    const found = await whatIf(database.pool, planId, { ...generous, callsAtOnce: 1 }, now)
    const { rows } = await database.pool.query<{ user_id: string }>(
      `select distinct a.user_id from usage_logs a join usage_logs b on b.user_id = a.user_id and b.id <> a.id
         and b.id <= a.id and a.created_at >= b.created_at
         and a.created_at < b.created_at + b.duration_ms * interval '1 millisecond'
       where a.plan_id = $1 and b.plan_id = $1 and a.created_at > $2`,
      [planId, found.since],
    )
    const byAtOnce = found.stopped.filter(({ by }) => by === 'calls at once')
    expect(
      byAtOnce.map(({ userId }) => userId).every((id) => rows.some(({ user_id }) => user_id === id)),
    ).toBe(true)
    expect(found.byPace.needed).toBe(true)
  })

  test('count a call that two limits refuse once, for the one that is asked first', async () => {
    const slow = { requestsPerMinute: 1, burst: 1, callsAtOnce: 1 }
    const { stopped: byPace } = await whatIf(database.pool, planId, { ...generous, ...slow }, now)
    const paced = byPace.reduce((sum, { tokens }) => sum + tokens, 0)
    const draft = { ...generous, tokenLimit: 150_000 }
    const byTokens = await whatIf(database.pool, planId, draft, now)
    const both = await whatIf(database.pool, planId, { ...draft, ...slow }, now)
    const { rows } = await database.pool.query<{ tokens: number }>(
      `select sum(tokens_used)::float8 as tokens from usage_logs where plan_id = $1 and created_at >= $2`,
      [planId, both.since],
    )
    expect(paced).toBeGreaterThan(0)
    expect(both.stopped.filter(({ by }) => by !== 'tokens')).toEqual(byPace)
    expect(both.tokens).toBeGreaterThan(Math.max(paced, byTokens.tokens) - 1)
    // What is let in fits the tokens: everything above them is refused, and nothing twice.
    expect(both.tokens).toBeLessThan(paced + byTokens.tokens)
    expect(both.tokens).toBeLessThanOrEqual(rows[0]?.tokens ?? 0)
    const reckoned = await whatIf(database.pool, planId, { ...draft, ...slow }, now, { tokens: 0, pace: 1e6 })
    const most = await database.pool.query('select max(tokens_used)::int as tokens from usage_logs')
    const oneEach = both.byTokens.periods * most.rows[0].tokens
    expect(Math.abs(reckoned.tokens - both.tokens)).toBeLessThanOrEqual(oneEach)
  })

  test('are reckoned from days where the rows are too many to be played, to within one call a period', async () => {
    const draft = { ...generous, tokenLimit: 150_000 }
    const exact = await whatIf(database.pool, planId, draft, now)
    const about = await whatIf(database.pool, planId, draft, now, { tokens: 0, pace: 0 })
    expect(about.byTokens).toEqual({ periods: exact.byTokens.periods, played: 0 })
    expect(new Set(about.stopped.map(({ userId }) => userId))).toEqual(
      new Set(exact.stopped.map(({ userId }) => userId)),
    )
    expect(about.stopped.every((one) => !one.exact)).toBe(true)
    const { rows } = await database.pool.query<{ most: number }>(
      'select max(tokens_used)::int as most from usage_logs',
    )
    expect(Math.abs(about.tokens - exact.tokens)).toBeLessThanOrEqual(
      exact.byTokens.periods * (rows[0]?.most ?? 0),
    )
    const half = await whatIf(database.pool, planId, draft, now, { tokens: 3_000, pace: 0 })
    expect(half.byTokens.played).toBeLessThanOrEqual(half.byTokens.periods)
    expect(half.users).toBe(exact.users)
  })

  test('say how many busy days were not played', async () => {
    const found = await whatIf(database.pool, planId, { ...generous, requestsPerMinute: 1, burst: 1 }, now, {
      tokens: 0,
      pace: 100,
    })
    expect(found.byPace.playedDays).toBeLessThan(found.byPace.days)
    expect(found.byPace.playedCalls).toBeLessThanOrEqual(100)
    expect(found.byPace.calls).toBeGreaterThan(100)
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
