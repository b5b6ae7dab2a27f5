import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { correctUsage } from '../../src/domain/ledger/correct'
import { makePartitions } from '../../src/domain/ledger/upkeep'
import { foldAgainFrom, foldUsage } from '../../src/domain/usage/fold'
import { ledgerCheck } from '../../src/domain/usage/ledger-check'
import { dayBlocksDown, dayBlocksUp } from '../../src/platform/database/schema/day-blocks'
import { success, World } from './world'

let world: World
const START = new Date('2026-01-01T00:00:00Z')
const DAY_MS = 86_400_000
const at = (day: number, hour = 12) => new Date(START.getTime() + day * DAY_MS + hour * 3_600_000)
const END = at(200)
/** The call that is corrected later, on day 20. */
let callId: string

beforeAll(async () => {
  world = await World.open()
  const meter = world.meter()
  for (let month = 0; month < 8; month += 4)
    await makePartitions(world.pool, new Date(Date.UTC(2026, month, 1)))
  const people = await Promise.all(
    [1, 2, 3].map((n) => world.subscriber({ name: `plan-${n}`, tokens: 10_000_000 }, START)),
  )
  // Days with a call of one, of several, and a stretch without any, in which blocks end.
  for (const day of [0, 1, 3, 4, 5, 9, 20, 21, 22, 40, 63, 64, 65, 70, 140, 141, 199])
    for (const [n, person] of people.entries()) {
      if (day % (n + 1) > 0) continue
      const asked = world.call(person, { now: at(day), tokens: 1 })
      expect(await meter.admit(asked)).toMatchObject({ admitted: true })
      await meter.settle({
        ...success(person, asked.usageId, 10 + day + n, at(day)),
        durationMs: 10 * (day + 1),
      })
      if (day === 20) callId = asked.usageId
    }
  await foldUsage(world.pool, END)
})
afterAll(() => world.close())

const blocks = async () => [
  (await world.pool.query('select * from usage_user_blocks order by days, day, user_id')).rows,
  (await world.pool.query('select * from usage_duration_blocks order by days, day, tool_id')).rows,
]

describe('the blocks of a range', () => {
  test('hold each of its days once, and are few', async () => {
    const { rows } = await world.pool.query(
      `select r.first::text, r.last::text, count(distinct b.day) <= 24 as few, count(d.day)::int as held,
         count(distinct d.day)::int as days, min(d.day) = r.first and max(d.day) = r.last as fits
       from (select date '2025-02-01' + n * 7 % 400 as first, date '2025-02-01' + n * 7 % 400 + n * 11 % 367 as last
             from generate_series(0, 400) n) r
       cross join lateral hub_day_blocks(r.first, r.last) b
       cross join lateral (select b.day + i as day from generate_series(0, b.days - 1) i) d
       group by r.first, r.last`,
    )
    expect(rows.length).toBeGreaterThan(300)
    for (const { first, last, few, held, days, fits } of rows) {
      const length = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1
      expect({ first, last, few, held, days, fits }).toEqual({
        ...{ first, last, few: true, fits: true },
        ...{ held: length, days: length },
      })
    }
  })

  test('of no day are none', async () => {
    expect(
      (await world.pool.query(`select from hub_day_blocks('2026-02-01', '2026-01-01')`)).rows,
    ).toHaveLength(0)
  })
})

describe('blocks', () => {
  test('are made as their last day is folded, also in a stretch without a call', async () => {
    expect(await ledgerCheck(world.pool)).toEqual([])
    const { rows } = await world.pool.query(
      'select days, count(distinct day)::int as blocks from usage_user_blocks group by days order by days',
    )
    expect(rows.map(({ days }) => days)).toEqual([4, 16, 64])
    for (const { blocks } of rows) expect(blocks).toBeGreaterThan(1)
  })

  test('follow a correction of a day long past', async () => {
    const admin = { adminId: world.toolId, requestId: callId, reason: 'Too much' }
    await correctUsage(world.pool, { usageId: callId, ...admin, tokens: 1, now: END })
    await foldUsage(world.pool, END)
    expect(await ledgerCheck(world.pool)).toEqual([])
  })

  test('are the same when everything is folded again, and when a migration fills them', async () => {
    const before = await blocks()
    await foldAgainFrom(world.pool, at(60))
    await foldUsage(world.pool, END)
    expect(await blocks()).toEqual(before)
    for (const statement of [...dayBlocksDown, ...dayBlocksUp]) await world.pool.query(statement)
    expect(await blocks()).toEqual(before)
  })

  test('that differ from their days are found by the ledger check, as are days that differ from the users', async () => {
    const figures = async () => (await ledgerCheck(world.pool)).map(({ figure }) => figure)
    const drifts: Array<[string, string[]]> = [
      [
        `update usage_user_blocks set tokens = tokens + 1 where days = 64 and day > '2026-01-10'`,
        ['users of days'],
      ],
      [`delete from usage_user_blocks where days = 4 and day > '2026-05-10'`, ['users of days']],
      ['update usage_duration_blocks set durations[1] = 5 where days = 16', ['durations of days']],
      ['update usage_user_days set calls_failed = 1', ['users of days']],
    ]
    for (const [statement, expected] of drifts) {
      await world.pool.query(statement)
      expect(await figures()).toEqual(expect.arrayContaining(expected))
      await foldAgainFrom(world.pool, START)
      await foldUsage(world.pool, END)
      expect(await figures()).toEqual([])
    }
  })
})
