import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Meter } from '../../src/domain/ledger/meter'
import { makePartitions } from '../../src/domain/ledger/upkeep'
import { listUsage, summariseUsage } from '../../src/domain/usage/read-usage'
import { dashboardFigures, platformStatistics } from '../../src/domain/usage/statistics'
import { type Person, success, World } from './world'

let world: World
let meter: Meter
let person: Person
let second: string
const day = (date: string, time = '12:00:00.000') => new Date(`${date}T${time}Z`)

/** Ten calls over four days and two tools; one fails, and one is still under way. */
beforeAll(async () => {
  world = await World.open()
  meter = world.meter()
  await makePartitions(world.pool, day('2026-01-01'))
  const plan = await world.plan({ name: 'free', tokens: 100_000 })
  person = await world.subscriber(plan, day('2026-01-01'))
  const tool = await world.one<{ id: string }>(
    `insert into tools (name, slug) values ('Second', 'second') returning id`,
  )
  second = tool.id
  const moments = [
    day('2026-01-30'),
    day('2026-01-31', '23:59:59.999'),
    day('2026-02-01', '00:00:00.000'),
    day('2026-02-01', '23:59:59.999'),
    day('2026-02-02', '00:00:00.000'),
  ]
  for (const now of moments) {
    for (const toolId of [world.toolId, second]) {
      const call = world.call(person, { now, toolId, tokens: 10 })
      expect(await meter.admit(call)).toMatchObject({ admitted: true })
      const failed = toolId === second && now === moments[4]
      const end = success(person, call.usageId, failed ? 0 : 10, now)
      await meter.settle(failed ? { ...end, status: 'error', errorCode: 'TOOL_UNAVAILABLE' } : end)
    }
  }
  await meter.admit(world.call(person, { now: moments[4] ?? null, tokens: 10 }))
})
afterAll(() => world.close())

const list = (query: Partial<Parameters<typeof listUsage>[2]>) =>
  listUsage(world.pool, person.userId, { offset: 0, limit: 20, ...query })

describe('the usage history', () => {
  test('lists settled calls, newest first, with their total', async () => {
    const page = await list({})
    expect(page.total).toBe(10)
    expect(page.rows).toHaveLength(10)
    expect(page.nextCursor).toBeNull()
    const ids = page.rows.map(({ id }) => id)
    expect(ids).toEqual([...ids].sort().reverse())
    // Two calls of one millisecond stand in any order.
    const failed = page.rows.slice(0, 2).find(({ response_status }) => response_status === 'error')
    expect(failed).toMatchObject({
      tool_name: 'Second',
      timestamp: '2026-02-02T00:00:00.000Z',
      response_status: 'error',
      error_code: 'TOOL_UNAVAILABLE',
      tokens_used: 0,
    })
  })

  test('days are inclusive and in UTC, to the millisecond', async () => {
    expect(await list({ startDate: '2026-02-01', endDate: '2026-02-01' })).toMatchObject({ total: 4 })
    expect((await list({ startDate: '2026-02-01', endDate: '2026-02-01' })).rows).toHaveLength(4)
    expect((await list({ endDate: '2026-01-31' })).rows).toHaveLength(4)
    expect((await list({ startDate: '2026-02-02' })).rows).toHaveLength(2)
    expect(await list({ startDate: '2027-01-01' })).toMatchObject({ rows: [], total: 0 })
    expect(await list({ toolId: second, endDate: '2026-02-01' })).toMatchObject({ total: 4 })
  })

  test('pages by offset and by cursor alike', async () => {
    const all = (await list({})).rows.map(({ id }) => id)
    const byOffset: string[] = []
    for (let offset = 0; offset < 10; offset += 3) {
      byOffset.push(...(await list({ offset, limit: 3 })).rows.map(({ id }) => id))
    }
    const byCursor: string[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await list({ limit: 3, ...(cursor === undefined ? {} : { cursor }) })
      byCursor.push(...page.rows.map(({ id }) => id))
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    expect([byOffset, byCursor]).toEqual([all, all])
    await expect(list({ cursor: 'x' })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' })
  })

  test("another user's calls are not in it", async () => {
    const other = await world.subscriber()
    expect(await listUsage(world.pool, other.userId, { offset: 0, limit: 20 })).toMatchObject({
      rows: [],
      total: 0,
    })
  })
})

describe('sums', () => {
  test('of a user, by tool; a deleted tool keeps its name', async () => {
    await world.pool.query('delete from tools where id = $1', [second])
    const summary = await summariseUsage(world.pool, person.userId, { startDate: '2026-02-01' })
    expect(summary).toMatchObject({ total_tokens: 50, total_invocations: 6 })
    expect(summary.by_tool).toEqual([
      { tool_id: world.toolId, tool_name: 'Echo', tokens_used: 30, invocation_count: 3 },
      { tool_id: second, tool_name: 'Second', tokens_used: 20, invocation_count: 3 },
    ])
  })

  test('of the platform, by plan and tool', async () => {
    const sums = await platformStatistics(world.pool, { endDate: '2026-01-31' })
    expect(sums).toMatchObject({ total_invocations: 4, total_tokens: 40 })
    expect(sums.by_plan.find(({ plan }) => plan === 'free')).toEqual({
      plan: 'free',
      user_count: 1,
      tokens_used: 40,
    })
    expect(sums.by_tool).toHaveLength(2)
  })

  test("of the dashboard's 30 days", async () => {
    const figures = await dashboardFigures(world.pool, day('2026-03-02'))
    expect(figures).toMatchObject({ users: 2, invocations: 6, tokens: 50 })
    expect(figures.days).toHaveLength(30)
    expect(figures.days[0]).toEqual({ day: '2026-02-01', invocations: 4, tokens: 40 })
    expect(figures.subscriptionsByPlan.find(({ plan }) => plan === 'free')).toMatchObject({ count: 1 })
    expect((await dashboardFigures(world.pool, day('2026-03-03'))).invocations).toBe(2)
  })
})
