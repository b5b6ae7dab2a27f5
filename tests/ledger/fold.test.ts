import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Meter } from '../../src/domain/ledger/meter'
import { makePartitions } from '../../src/domain/ledger/upkeep'
import { foldAgainFrom, foldUsage } from '../../src/domain/usage/fold'
import { lastDay } from '../../src/domain/usage/last-day'
import { dashboardFigures, platformStatistics } from '../../src/domain/usage/statistics'
import { type Person, success, World } from './world'

let world: World
let meter: Meter
let person: Person
const START = new Date('2026-01-01T00:00:00Z')
const at = (day: number, hour: number, minute = 30) => new Date(Date.UTC(2026, 1, day, hour, minute))

beforeAll(async () => {
  world = await World.open()
  meter = world.meter()
  await makePartitions(world.pool, START)
  person = await world.subscriber({ name: 'free', tokens: 10_000_000 }, START)
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.pool.query(`truncate usage_logs, usage_hourly, usage_by_day, usage_hours_due, usage_daily`)
  await world.pool.query(`update usage_folds set folded_until = 'epoch'`)
})

/** A call at this time that took so long and cost so much; settled at `settledAt`, or left under way by null. */
async function call(
  now: Date,
  tokens: number,
  durationMs = 10,
  settledAt: Date | null = now,
): Promise<string> {
  // Calls of these tests go back in time, which the rate limit takes for a flood.
  await world.pool.query('update subscriptions set rate_at = null')
  const asked = world.call(person, { now, tokens: 1 })
  expect(await meter.admit(asked)).toMatchObject({ admitted: true })
  if (settledAt)
    await meter.settle({
      ...success(person, asked.usageId, tokens, settledAt),
      source: 'counted',
      durationMs,
    })
  return asked.usageId
}

/** The platform's sums by the roll-ups are what the rows say, now. */
async function expectEqualToRows(now: Date): Promise<void> {
  const rows = await world.one<{ calls: number; tokens: number }>(
    `select count(*) filter (where status <> 'pending')::int as calls, coalesce(sum(tokens_used), 0)::float8 as tokens from usage_logs`,
  )
  const sums = await platformStatistics(world.pool, {})
  expect({ calls: sums.total_invocations, tokens: sums.total_tokens }).toEqual(rows)
  const figures = await dashboardFigures(world.pool, now)
  expect({ calls: figures.invocations, tokens: figures.tokens }).toEqual(rows)
}

const hourly = () =>
  world.one<{ hours: number; success: number; pending: number; tokens: number }>(
    `select count(*)::int as hours, coalesce(sum(calls_success), 0)::int as success,
       coalesce(sum(calls_pending), 0)::int as pending, coalesce(sum(tokens), 0)::int as tokens from usage_hourly`,
  )

describe('hours that are over', () => {
  test('are folded once, by hour; the open hour stays with its rows', async () => {
    await call(at(1, 10), 5)
    await call(at(1, 10, 59), 7)
    await call(at(3, 11), 11)
    await call(at(3, 12), 13)
    const now = at(3, 12, 40)
    await expectEqualToRows(now)
    expect(await foldUsage(world.pool, now)).toBeGreaterThan(0)
    expect(await hourly()).toEqual({ hours: 2, success: 3, pending: 0, tokens: 23 })
    await expectEqualToRows(now)
    expect(await foldUsage(world.pool, now)).toBe(0)
    expect(await hourly()).toEqual({ hours: 2, success: 3, pending: 0, tokens: 23 })
  })

  test('wait for two minutes, and for a transaction that began before their end', async () => {
    await call(at(1, 10), 5)
    await foldUsage(world.pool, at(1, 11, 1))
    expect(await hourly()).toMatchObject({ hours: 0 })
    const client = await world.pool.connect()
    try {
      await client.query(`begin; insert into usage_hours_due values ('1980-01-01')`)
      const began = (await client.query<{ at: Date }>('select now() as at')).rows[0]?.at as Date
      const nextDay = new Date(began.getTime() + 86_400_000)
      await foldUsage(world.pool, nextDay)
      const fold = await world.one<{ folded_until: Date }>('select folded_until from usage_folds')
      expect(fold.folded_until.getTime()).toBeLessThanOrEqual(began.getTime())
    } finally {
      await client.query('rollback')
      client.release()
    }
  })

  test('are read from their rows until they are folded again when a call settles late', async () => {
    const late = await call(at(1, 10), 0, 10, null)
    await call(at(1, 10), 5)
    const now = at(1, 11, 30)
    await foldUsage(world.pool, now)
    expect(await hourly()).toEqual({ hours: 1, success: 1, pending: 1, tokens: 5 })
    await expectEqualToRows(now)
    await meter.settle(success(person, late, 40, now))
    await expectEqualToRows(now)
    expect(await hourly()).toMatchObject({ success: 1 })
    await foldUsage(world.pool, now)
    expect(await hourly()).toEqual({ hours: 1, success: 2, pending: 0, tokens: 45 })
    await expectEqualToRows(now)
  })

  test('a call that settles in its own hour marks nothing', async () => {
    await call(at(1, 10), 5)
    expect(await world.one('select count(*)::int as n from usage_hours_due')).toEqual({ n: 0 })
  })

  test('two that fold at once, and folding everything again, change nothing', async () => {
    for (let hour = 0; hour < 6; hour += 1) await call(at(2, hour), hour)
    await Promise.all([foldUsage(world.pool, at(2, 8)), foldUsage(world.pool, at(2, 8))])
    const before = await world.pool.query('select * from usage_hourly order by hour')
    await foldAgainFrom(world.pool, at(1, 0))
    await expectEqualToRows(at(2, 8))
    await foldUsage(world.pool, at(2, 8))
    expect((await world.pool.query('select * from usage_hourly order by hour')).rows).toEqual(before.rows)
    await expectEqualToRows(at(2, 8))
  })
})

describe('the last day', () => {
  test('reaches over 24 UTC hours; percentiles are at most 9 % above those of the rows', async () => {
    const took = Array.from({ length: 60 }, (_, n) => Math.round(1.12 ** n * 3))
    for (const [n, durationMs] of took.entries()) await call(at(5, 9 + (n % 4)), 10, durationMs)
    await call(at(4, 12), 1_000)
    await foldUsage(world.pool, at(5, 12, 40))
    const day = await lastDay(world.pool, at(5, 12, 40))
    expect(day).toMatchObject({
      since: '2026-02-04T13:00:00.000Z',
      until: '2026-02-05T13:00:00.000Z',
      calls_success: 60,
      tokens_used: 600,
      by_tool: [{ tool_id: world.toolId, tool_name: 'Echo', calls_success: 60 }],
    })
    expect(day.by_hour.map(({ hour, calls_success }) => [hour.slice(11, 13), calls_success])).toEqual([
      ['09', 15],
      ['10', 15],
      ['11', 15],
      ['12', 15],
    ])
    const rows = await world.one<{ p50: number; p95: number; p99: number }>(
      `select percentile_disc(0.5) within group (order by duration_ms) as p50,
         percentile_disc(0.95) within group (order by duration_ms) as p95,
         percentile_disc(0.99) within group (order by duration_ms) as p99
       from usage_logs where id >= hub_uuid_at($1)`,
      [at(4, 13, 0)],
    )
    for (const name of ['p50', 'p95', 'p99'] as const) {
      expect(day[`${name}_ms`]).toBeGreaterThanOrEqual(rows[name])
      expect(day[`${name}_ms`]).toBeLessThanOrEqual(rows[name] * 1.091)
    }
  })

  test('of nothing is zeros, without percentiles', async () => {
    expect(await lastDay(world.pool, at(20, 1))).toMatchObject({
      calls_success: 0,
      p50_ms: null,
      by_tool: [],
    })
  })
})
