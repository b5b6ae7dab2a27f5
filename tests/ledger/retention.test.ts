import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Meter } from '../../src/domain/ledger/meter'
import { makePartitions } from '../../src/domain/ledger/upkeep'
import { foldUsage } from '../../src/domain/usage/fold'
import { checkLedger, ledgerCheck } from '../../src/domain/usage/ledger-check'
import { listUsage, summariseUsage } from '../../src/domain/usage/read-usage'
import { dropOldMonths, dropPastRetention } from '../../src/domain/usage/retention'
import { platformStatistics } from '../../src/domain/usage/statistics'
import { type Person, success, World } from './world'

let world: World
let meter: Meter
let person: Person
const at = (month: number, day: number) => new Date(Date.UTC(2026, month - 1, day, 12))
const NOW = at(6, 15)

/** A call a month, January to June. The user's period begins on the tenth. */
beforeAll(async () => {
  world = await World.open()
  meter = world.meter()
  for (const month of [1, 4]) await makePartitions(world.pool, at(month, 1))
  person = await world.subscriber({ name: 'kept' }, at(1, 10))
  for (let month = 1; month <= 6; month += 1) {
    const now = at(month, 12)
    const call = world.call(person, { now })
    await meter.admit(call)
    await meter.settle(success(person, call.usageId, 10 * month, now))
  }
})
afterAll(() => world.close())

const months = async () => {
  const { rows } = await world.pool.query<{ name: string }>(
    `select relname as name from pg_class where relname ~ '^usage_logs_2026' and relkind = 'r' order by 1`,
  )
  return rows.map(({ name }) => name.slice(-2))
}
const sums = async () => ({
  platform: await platformStatistics(world.pool, {}),
  user: await summariseUsage(world.pool, person.userId, {}),
})

test('months go only by setting, when folded, and when nothing in them is open', async () => {
  const before = await months()
  expect(await dropOldMonths(world.pool, 0, NOW)).toEqual([])
  expect(await dropOldMonths(world.pool, 3, NOW)).toEqual([])
  await foldUsage(world.pool, NOW)
  const open = await world.pool.query(
    `update usage_logs set status = 'pending' where id in (select min(id::text)::uuid from usage_logs) returning id`,
  )
  expect(await dropOldMonths(world.pool, 3, NOW)).toEqual([])
  await world.pool.query(`update usage_logs set status = 'success' where id = $1`, [open.rows[0].id])
  expect(await months()).toEqual(before)
})

test('old months go, the sums stay, and the ledger check finds no drift in what is left', async () => {
  const before = await sums()
  expect(await dropOldMonths(world.pool, 2, NOW)).toEqual([
    'usage_logs_2026_01',
    'usage_logs_2026_02',
    'usage_logs_2026_03',
  ])
  expect((await months())[0]).toBe('04')
  expect(await sums()).toEqual(before)
  expect(before.user.total_tokens).toBe(210)
  // Ended periods of April and May, and the current one; that of March lost a part of its rows.
  expect(await checkLedger(world.pool)).toEqual({ users: 1, periods: 3, drifts: [] })
  expect(await ledgerCheck(world.pool, at(1, 1))).toEqual([])
  await world.pool.query(`update subscription_periods set tokens_used = 1`)
  expect(await ledgerCheck(world.pool)).toHaveLength(2)
})

test('the history lists and counts what is left', async () => {
  const page = await listUsage(world.pool, person.userId, { offset: 0, limit: 20 })
  expect(page.rows).toHaveLength(3)
  expect(page.total).toBe(3)
})

test('what is folded again does not touch the sums of dropped months', async () => {
  const before = await platformStatistics(world.pool, {})
  await world.pool.query(
    `insert into usage_hours_due values ('2026-02-12T12:00:00Z'), ('2026-05-12T12:00:00Z')`,
  )
  expect(await platformStatistics(world.pool, {})).toEqual(before)
  await foldUsage(world.pool, NOW)
  expect(await platformStatistics(world.pool, {})).toEqual(before)
  expect(await world.one('select count(*)::int as n from usage_hours_due')).toEqual({ n: 0 })
})

test('a month that is in use is left for the next time', async () => {
  const client = await world.pool.connect()
  try {
    await client.query('begin; select 1 from usage_logs limit 1')
    expect(await dropOldMonths(world.pool, 1, NOW)).toEqual([])
  } finally {
    await client.query('rollback')
    client.release()
  }
  expect(await dropOldMonths(world.pool, 1, NOW)).toEqual(['usage_logs_2026_04'])
})

/** The settings of the panel win over the environment; where they say nothing, the environment counts. */
test('the settings decide how many months stay', async () => {
  const later = at(7, 15)
  await foldUsage(world.pool, later)
  await world.pool.query('update settings set retention_months = 0')
  expect(await dropPastRetention(world.pool, 1, later)).toEqual([])
  await world.pool.query('update settings set retention_months = 1')
  expect(await dropPastRetention(world.pool, 0, later)).toEqual(['usage_logs_2026_05'])
  await world.pool.query('update settings set retention_months = null')
  expect(await dropPastRetention(world.pool, 1, at(8, 15))).toEqual(['usage_logs_2026_06'])
})
