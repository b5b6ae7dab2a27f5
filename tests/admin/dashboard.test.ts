import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { seedDemo } from '../../demo/demo'
import { LEVELS, readFullest } from '../../src/domain/billing/plan-fill'
import { readCells, readDurations, type UsageSpan } from '../../src/domain/usage/activity'
import { foldUsage } from '../../src/domain/usage/fold'
import { loadDashboard } from '../../src/panel/dashboard/load'
import { sumOf } from '../../src/panel/dashboard/sums'
import { type DashboardView, readView, wholeDays } from '../../src/panel/parts/range'
import { readUsersOf } from '../../src/panel/views/active-users'
import { hubDatabase, type TestDatabase } from '../support/database'
import { startTestHub, type TestHub } from '../support/hub'

let database: TestDatabase
let hub: TestHub
const now = new Date()

beforeAll(async () => {
  database = await hubDatabase()
  hub = await startTestHub(database.url)
  await hub.stop()
  await seedDemo(database.pool, now)
}, 120_000)
afterAll(() => database?.drop())

const views: DashboardView[] = [
  ...['24h', '7d', '90d'].map((range) => readView({ range }, now)),
  readView({ range: 'own', ...daysAgo(9, 8) }, now),
  readView({ range: 'own', ...daysAgo(86, 3) }, now),
  readView({ range: 'own', ...daysAgo(200, 17) }, now),
]

function daysAgo(from: number, to: number) {
  const day = (ago: number) => new Date(now.getTime() - ago * 86_400_000).toISOString().slice(0, 10)
  return { from: day(from), to: day(to) }
}

/** The same figures from the rows themselves. */
async function fromRows({ from, until, unit }: UsageSpan) {
  const { rows } = await database.pool.query(
    `select count(*) filter (where status = 'success')::float8 as succeeded,
       count(*) filter (where status in ('error', 'timeout'))::float8 as failed, sum(tokens_used)::float8 as tokens,
       percentile_disc(0.95) within group (order by duration_ms)::float8 as p95
     from usage_logs where created_at >= $1 and created_at < $2`,
    [from, until],
  )
  const [first, end] =
    unit === 'day'
      ? [from, until]
      : [
          new Date(from.toISOString().slice(0, 10)),
          new Date(Math.ceil(until.getTime() / 86_400_000) * 86_400_000),
        ]
  const users = await database.pool.query(
    `select user_id as id, sum(tokens_used)::float8 as tokens, count(*)::float8 as calls,
       count(*) filter (where status <> 'success')::float8 as failed, count(*) over ()::int as active
     from usage_logs where created_at >= $1 and created_at < $2 and status not in ('pending', 'trial')
     group by user_id order by tokens desc, calls desc, user_id limit 6`,
    [first, end],
  )
  const top = users.rows.map(({ active: _, ...user }) => user)
  return { ...rows[0], active: users.rows[0]?.active ?? 0, top }
}

async function compare(view: DashboardView): Promise<void> {
  const data = await loadDashboard(database.pool, view)
  const rows = await fromRows(view.span)
  expect(sumOf(data.cells)).toMatchObject({
    calls: rows.succeeded + rows.failed,
    failed: rows.failed,
    tokens: rows.tokens,
  })
  expect(sumOf(data.before).tokens).toBe((await fromRows(view.before)).tokens ?? 0)
  expect(data.active).toBe(rows.active)
  expect(data.topUsers.map(({ name: _, ...user }) => user)).toEqual(rows.top)
  expect(data.p95Ms).toBeGreaterThanOrEqual(Math.floor(rows.p95))
  expect(data.p95Ms).toBeLessThanOrEqual(Math.ceil(rows.p95 * 1.0906))
}

describe("the dashboard's figures", () => {
  test.each(views.map((view, index) => [index, view] as const))('equal the rows (range %i)', (_, view) =>
    compare(view),
  )

  test('equal them also while hours are due to be folded again, and when nothing is folded', async () => {
    const late = new Date(now.getTime() - 5 * 86_400_000)
    await database.pool.query(
      `with touched as (
         update usage_logs set tokens_used = tokens_used + 5, duration_ms = 29000
         where created_at >= date_trunc('hour', $1::timestamptz) - interval '6 hours' and created_at < $1 and status = 'success'
         returning user_id, period_start, plan_id, tool_id, created_at
       ), raised as (
         update usage_daily d set tokens = d.tokens + t.added
         from (select user_id, period_start, plan_id, tool_id, (created_at at time zone 'utc')::date as day, count(*) * 5 as added
               from touched group by 1, 2, 3, 4, 5) t
         where (d.user_id, d.period_start, d.plan_id, d.tool_id, d.day) = (t.user_id, t.period_start, t.plan_id, t.tool_id, t.day)
       )
       insert into usage_hours_due select distinct date_trunc('hour', created_at, 'UTC') from touched`,
      [late],
    )
    const both = [readView({ range: '7d' }, now), readView({ range: '90d' }, now)]
    for (const view of both) await compare(view)
    await foldUsage(database.pool, now)
    for (const view of both) await compare(view)
    await database.pool.query(
      `truncate usage_hourly, usage_by_day, usage_user_days, usage_user_blocks, usage_duration_blocks`,
    )
    await database.pool.query(`update usage_folds set folded_until = 'epoch'`)
    await compare(both[0] as DashboardView)
    await foldUsage(database.pool, now)
    for (const view of both) await compare(view)
  })

  test('say how full the plans are: each threshold counts the subscriptions that reached it', async () => {
    const { plans } = await loadDashboard(database.pool, views[0] as DashboardView)
    expect(plans.map(({ name }) => name)).toEqual(['free', 'pro', 'enterprise'])
    for (const plan of plans) {
      const { rows } = await database.pool.query(
        `select count(*)::int as users, count(*) filter (where tokens_used >= 0.8 * $2)::int as most
         from subscriptions where plan_id = $1 and (status = 'active' or period_end > now())`,
        [plan.id, plan.tokenLimit],
      )
      expect(plan).toMatchObject({ users: rows[0].users, above: { most: rows[0].most } })
      const { users, above } = plan
      const counted = { 0: users, 50: above.half, 80: above.most, 100: above.full }
      for (const level of LEVELS) {
        const asked = { planId: plan.id, level, offset: 0, limit: 1_000 }
        const found = await readFullest(database.pool, asked)
        expect([found?.total, found?.subscriptions.length]).toEqual([counted[level], counted[level]])
        expect(found?.subscriptions.every(({ used, limit }) => used * 100 >= level * limit)).toBe(true)
        const paged = await readFullest(database.pool, { ...asked, offset: 1, limit: 2 })
        expect(paged?.subscriptions).toEqual(found?.subscriptions.slice(1, 3))
        expect(paged?.total).toBe(counted[level])
      }
    }
  })

  test('say who is near the end of their tokens on any plan, the fullest first', async () => {
    const { plans } = await loadDashboard(database.pool, views[0] as DashboardView)
    for (const level of LEVELS) {
      const of = (planId: string | null) =>
        readFullest(database.pool, { planId, level, offset: 0, limit: 1_000 })
      const each = await Promise.all(plans.map(({ id }) => of(id)))
      const all = await of(null)
      const ids = each.flatMap((one) => one?.subscriptions ?? []).map(({ id }) => id)
      expect(all?.subscriptions.map(({ id }) => id).sort()).toEqual(ids.sort())
      expect(all?.total).toBe(ids.length)
      const shares = all?.subscriptions.map(({ used, limit }) => used / limit) ?? []
      expect(shares).toEqual([...shares].sort((a, b) => b - a))
      if (level === 80) expect(new Set(all?.subscriptions.map(({ plan }) => plan)).size).toBe(3)
    }
    expect(
      await readFullest(database.pool, { planId: randomUUID(), level: 0, offset: 0, limit: 1 }),
    ).toBeNull()
  })

  test('name everybody behind the active users, page by page, also past the end', async () => {
    for (const view of views) {
      const { active, topUsers } = await loadDashboard(database.pool, view)
      const days = wholeDays(view.span)
      const all = await readUsersOf(database.pool, days, { offset: 0, limit: 1_000 })
      expect([all.total, all.users.length]).toEqual([active, active])
      expect(all.users.slice(0, topUsers.length)).toEqual(topUsers)
      const second = await readUsersOf(database.pool, days, { offset: 2, limit: 3 })
      expect(second).toEqual({ total: active, users: all.users.slice(2, 5) })
      const past = await readUsersOf(database.pool, days, { offset: 9_000, limit: 3 })
      expect(past).toEqual({ total: active, users: [] })
    }
  })

  test('are read by few statements', async () => {
    let statements = 0
    const counting = {
      query: (text: string, values?: readonly unknown[]) => {
        statements += 1
        return database.pool.query(text, values as unknown[])
      },
    }
    await loadDashboard(counting as never, views[2] as DashboardView)
    expect(statements).toBeLessThanOrEqual(7)
  })

  test('are empty, and no error, where nothing was called', async () => {
    const past = { from: new Date('2020-01-01'), until: new Date('2020-01-08'), unit: 'day' as const }
    expect(await readCells(database.pool, past)).toEqual([])
    expect(await readDurations(database.pool, past)).toMatchObject({ p95Ms: null })
  })
})
