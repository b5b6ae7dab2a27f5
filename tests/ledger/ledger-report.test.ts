import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Meter } from '../../src/domain/ledger/meter'
import { makePartitions } from '../../src/domain/ledger/upkeep'
import { foldUsage } from '../../src/domain/usage/fold'
import { checkLedger, ledgerCheck } from '../../src/domain/usage/ledger-check'
import { toLines } from '../../src/domain/usage/ledger-lines'
import { checkNightly, lastLedgerCheck, runLedgerCheck } from '../../src/domain/usage/ledger-report'
import { type Person, success, World } from './world'

let world: World
let meter: Meter
const at = (month: number, day: number, hour = 12) => new Date(Date.UTC(2026, month - 1, day, hour))

beforeAll(async () => {
  world = await World.open()
  meter = world.meter()
  for (const month of [1, 4]) await makePartitions(world.pool, at(month, 1))
})
afterAll(() => world.close())
beforeEach(() => world.pool.query('delete from ledger_checks'))

async function call(person: Person, now: Date, tokens = 100): Promise<string> {
  const asked = world.call(person, { now, tokens })
  expect(await meter.admit(asked)).toMatchObject({ admitted: true })
  await meter.settle(success(person, asked.usageId, tokens, now))
  return asked.usageId
}

const plant = (text: string, values: unknown[]) => world.pool.query(text, values)

describe('the ledger check', () => {
  test('goes through more users than one turn takes, and counts their periods', async () => {
    const plan = await world.plan()
    await world.pool.query(
      `with made as (insert into users (name, email) select 'many', n || '@many.test' from generate_series(1, 450) n returning id)
       insert into subscriptions (user_id, plan_id, started_at, period_start, period_end)
       select id, $1, now(), now(), now() + interval '1 month' from made`,
      [plan],
    )
    expect(await checkLedger(world.pool)).toEqual({ users: 450, periods: 450, drifts: [] })
    await plant(
      `update subscriptions set calls_in_flight = 3 where user_id in (select max(user_id::text)::uuid from subscriptions union select min(user_id::text)::uuid from subscriptions)`,
      [],
    )
    expect(await ledgerCheck(world.pool)).toMatchObject([
      { figure: 'flying', rows: 0, found: 3 },
      { figure: 'flying', rows: 0, found: 3 },
    ])
    await plant('delete from users', [])
    await plant('delete from subscription_periods', [])
  })

  test('looks at current periods however old, and at ended ones since the day that is named', async () => {
    const quiet = await world.subscriber({}, at(1, 5))
    const busy = await world.subscriber({}, at(1, 5))
    for (const person of [quiet, busy]) await call(person, at(1, 6))
    await call(busy, at(2, 6))
    await call(busy, at(5, 6))
    await plant('update usage_logs set tokens_used = 101 where user_id = $1', [quiet.userId])
    await plant('update subscription_periods set tokens_used = 7 where user_id = $1', [busy.userId])
    const figures = async (since: Date | null) =>
      (await ledgerCheck(world.pool, since)).map(({ figure, periodStart, found }) => [
        figure,
        periodStart?.toISOString().slice(0, 10),
        found,
      ])
    expect(await figures(at(4, 1))).toEqual([
      ['charged', '2026-01-05', 100],
      ['rolled tokens', '2026-01-05', 100],
    ])
    expect((await figures(at(2, 10))).filter(([, , found]) => found === 7)).toEqual([
      ['charged', '2026-02-05', 7],
    ])
    expect((await figures(null)).filter(([, , found]) => found === 7)).toHaveLength(2)
    await plant('delete from users', [])
    await plant('truncate usage_logs, usage_daily, subscription_periods', [])
  })

  test("sees the platform's roll-up drift from the users'", async () => {
    const person = await world.subscriber({}, at(3, 1))
    await call(person, at(3, 2), 40)
    await foldUsage(world.pool, at(3, 5))
    expect(await ledgerCheck(world.pool)).toEqual([])
    await plant('update usage_by_day set tokens = 41, calls_error = 1', [])
    expect(await ledgerCheck(world.pool)).toMatchObject([
      { userId: null, periodStart: at(3, 2, 0), figure: 'platform calls', rows: 1, found: 2 },
      { userId: null, figure: 'platform tokens', rows: 40, found: 41 },
    ])
    await plant('update usage_by_day set tokens = 40, calls_error = 0', [])
  })
})

describe('its report', () => {
  test('is stored, with drifts and rows outside of any month', async () => {
    expect(await lastLedgerCheck(world.pool)).toBeNull()
    const person = await world.subscriber({}, at(3, 1))
    const usageId = await call(person, at(3, 10))
    await plant('update usage_logs set tokens_used = 90 where id = $1', [usageId])
    await plant(
      `insert into usage_logs_default select (u).* from (select jsonb_populate_record(l, jsonb_build_object('id', hub_uuid_at('2031-05-01'), 'user_id', gen_random_uuid())) as u from usage_logs l where id = $1) r`,
      [usageId],
    )
    const report = await runLedgerCheck(world.pool, 'command', at(3, 20))
    expect(report).toMatchObject({
      asked_by: 'command',
      at: at(3, 20).toISOString(),
      drift_count: 2,
      stray_rows: 1,
    })
    expect(report?.drifts[0]).toEqual({
      user_id: person.userId,
      period_start: at(3, 1).toISOString(),
      figure: 'charged',
      rows: 90,
      found: 100,
    })
    expect(await lastLedgerCheck(world.pool)).toEqual(report)
    const lines = toLines(report)
    expect(lines[0]).toContain('2 drifts')
    expect(lines[1]).toContain(`${person.userId} 2026-03-01T12:00:00.000Z: charged is 100, the rows say 90`)
    expect(lines[3]).toContain('1 rows lie outside')
    await plant('delete from usage_logs_default', [])
    await plant('update usage_logs set tokens_used = 100 where id = $1', [usageId])
    expect(toLines(await runLedgerCheck(world.pool, 'admin', at(3, 20)))).toEqual([
      expect.stringContaining('no drift'),
    ])
  })

  test('is made by one at a time', async () => {
    const client = await world.pool.connect()
    try {
      await client.query(`begin; select pg_advisory_xact_lock(hashtext('hub.ledger-check'))`)
      expect(await runLedgerCheck(world.pool, 'admin')).toBeNull()
      expect(await checkNightly(world.pool)).toBeNull()
    } finally {
      await client.query('rollback')
      client.release()
    }
  })

  test('comes once a night, from 02:00 UTC on, by one instance of several', async () => {
    const night = (moment: Date) => checkNightly(world.pool, moment)
    const first = await Promise.all([night(at(3, 20, 3)), night(at(3, 20, 3)), night(at(3, 20, 3))])
    expect(first.filter(Boolean).length + ((await night(at(3, 20, 4))) ? 1 : 0)).toBe(1)
    await runLedgerCheck(world.pool, 'admin', at(3, 21, 2))
    expect(await night(at(3, 21, 1))).toBeNull()
    expect(await night(at(3, 21, 2))).toMatchObject({ asked_by: 'timer' })
    expect(await night(at(3, 22, 1))).toBeNull()
    expect(await night(at(3, 23, 23))).toMatchObject({ asked_by: 'timer' })
  })
})
