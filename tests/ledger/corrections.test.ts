import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { correctUsage } from '../../src/domain/ledger/correct'
import { listCorrections } from '../../src/domain/ledger/corrections'
import type { Meter } from '../../src/domain/ledger/meter'
import { makePartitions } from '../../src/domain/ledger/upkeep'
import { foldUsage } from '../../src/domain/usage/fold'
import { ledgerCheck } from '../../src/domain/usage/ledger-check'
import { summariseUsage } from '../../src/domain/usage/read-usage'
import { platformStatistics } from '../../src/domain/usage/statistics'
import { untilWaitedFor } from '../support/locks'
import { type Person, success, World } from './world'

let world: World
let meter: Meter
const ADMIN = randomUUID()
const JANUARY = new Date('2026-01-10T12:00:00Z')
const FEBRUARY = new Date('2026-02-20T12:00:00Z')

beforeAll(async () => {
  world = await World.open()
  meter = world.meter()
  await makePartitions(world.pool, JANUARY)
})
afterAll(() => world.close())

async function settledCall(person: Person, tokens: number, now: Date | null = null): Promise<string> {
  const call = world.call(person, { tokens: 100, now })
  expect(await meter.admit(call)).toMatchObject({ admitted: true })
  await meter.settle(success(person, call.usageId, tokens, now))
  return call.usageId
}

const correct = (
  usageId: string,
  tokens: number,
  requestId: string = randomUUID(),
  reason = 'counted twice',
) => correctUsage(world.pool, { usageId, adminId: ADMIN, requestId, tokens, reason })

describe('a correction', () => {
  test('moves the row, the balance, the roll-ups and the statistics, up and down', async () => {
    const person = await world.subscriber({ name: 'corrected', tokens: 1_000 })
    const usageId = await settledCall(person, 80)
    await settledCall(person, 5)
    for (const tokens of [30, 0, 210]) {
      const { correction } = await correct(usageId, tokens)
      expect(correction).toMatchObject({ usage_id: usageId, admin_id: ADMIN, tokens_after: tokens })
      expect(await world.row(usageId)).toMatchObject({ tokens, status: 'success' })
      expect(await world.balance(person)).toMatchObject({ used: tokens + 5, held: 0, flying: 0 })
      expect(await summariseUsage(world.pool, person.userId, {})).toMatchObject({
        total_tokens: tokens + 5,
        total_invocations: 2,
      })
      expect(await ledgerCheck(world.pool)).toEqual([])
    }
    const kept = await listCorrections(world.pool, usageId)
    expect(kept.map(({ tokens_before, tokens_after }) => [tokens_before, tokens_after])).toEqual([
      [80, 30],
      [30, 0],
      [0, 210],
    ])
  })

  test('of a period that ended moves that period, and its folded hour', async () => {
    const person = await world.subscriber({ tokens: 1_000 }, JANUARY)
    const usageId = await settledCall(person, 80, JANUARY)
    await settledCall(person, 7, FEBRUARY)
    await foldUsage(world.pool, FEBRUARY)
    await correct(usageId, 50)
    const day = { startDate: '2026-01-10', endDate: '2026-01-10' }
    expect(await platformStatistics(world.pool, day)).toMatchObject({
      total_tokens: 50,
      total_invocations: 1,
    })
    await foldUsage(world.pool, FEBRUARY)
    expect(await platformStatistics(world.pool, day)).toMatchObject({
      total_tokens: 50,
      total_invocations: 1,
    })
    expect(await world.one('select tokens::int from usage_hourly where hour = $1', [JANUARY])).toEqual({
      tokens: 50,
    })
    expect(await world.balance(person)).toMatchObject({ used: 7 })
    expect(await ledgerCheck(world.pool)).toEqual([])
  })

  test('opens tokens that it gives back', async () => {
    const person = await world.subscriber({ tokens: 100 })
    const usageId = await settledCall(person, 100)
    expect(await meter.admit(world.call(person, { tokens: 60 }))).toMatchObject({ reason: 'spent' })
    await correct(usageId, 40)
    expect(await meter.admit(world.call(person, { tokens: 60 }))).toMatchObject({ admitted: true })
  })

  test('is carried out once for one request, also when that is sent many times at once', async () => {
    const person = await world.subscriber()
    const usageId = await settledCall(person, 80)
    const requestId = randomUUID()
    const done = await Promise.all(Array.from({ length: 8 }, () => correct(usageId, 20, requestId)))
    expect(done.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(new Set(done.map(({ correction }) => correction.id)).size).toBe(1)
    await expect(correct(usageId, 21, requestId)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await world.balance(person)).toMatchObject({ used: 20 })
  })

  test('is refused where nothing would change, but not of a swept call, whose settlement it keeps out', async () => {
    const person = await world.subscriber({ tokens: 10_000 })
    const usageId = await settledCall(person, 1_234)
    await expect(correct(usageId, 1_234)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'This call is already charged 1,234 tokens: nothing would change.',
    })
    expect(await listCorrections(world.pool, usageId)).toEqual([])
    const call = world.call(person)
    await meter.admit(call)
    const swept = { ...success(person, call.usageId, 0), status: 'error' as const, errorCode: 'ABANDONED' }
    await meter.settle(swept)
    expect((await correct(call.usageId, 0)).isNew).toBe(true)
    await world.meter().settle(success(person, call.usageId, 90))
    expect(await world.row(call.usageId)).toMatchObject({ tokens: 0, error_code: 'CORRECTED' })
  })

  test('is refused for a call under way, and for one that is not there', async () => {
    const person = await world.subscriber()
    const call = world.call(person)
    await meter.admit(call)
    await expect(correct(call.usageId, 1)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(correct(randomUUID(), 1)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(listCorrections(world.pool, randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await listCorrections(world.pool, call.usageId)).toEqual([])
  })

  test('never takes a sum below zero', async () => {
    const person = await world.subscriber()
    const usageId = await settledCall(person, 80)
    await world.pool.query('update subscriptions set tokens_used = 10 where user_id = $1', [person.userId])
    await expect(correct(usageId, 0)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await world.row(usageId)).toMatchObject({ tokens: 80 })
    expect(await listCorrections(world.pool, usageId)).toEqual([])
    await world.pool.query('update subscriptions set tokens_used = 80 where user_id = $1', [person.userId])
  })

  test('of a swept call stands: its own late settlement does not follow', async () => {
    const person = await world.subscriber()
    const call = world.call(person)
    await meter.admit(call)
    const swept = { ...success(person, call.usageId, 0), status: 'error' as const, errorCode: 'ABANDONED' }
    await meter.settle(swept)
    await correct(call.usageId, 33)
    await world.meter().settle(success(person, call.usageId, 90))
    expect(await world.row(call.usageId)).toMatchObject({ tokens: 33, error_code: 'CORRECTED' })
    expect(await world.balance(person)).toMatchObject({ used: 33, held: 0, flying: 0 })
    expect(await ledgerCheck(world.pool)).toEqual([])
  })

  test('of a deleted user’s call moves what is left', async () => {
    const person = await world.subscriber()
    const usageId = await settledCall(person, 80)
    await world.pool.query('delete from users where id = $1', [person.userId])
    await correct(usageId, 8)
    expect(await ledgerCheck(world.pool)).toEqual([])
  })

  test('that waits while the period ends moves the ended period', async () => {
    const person = await world.subscriber()
    const usageId = await settledCall(person, 80)
    const client = await world.pool.connect()
    await client.query('begin')
    await client.query(
      `with ended as (
         update subscriptions s set tokens_used = 0, period_start = s.period_end, period_end = s.period_end + interval '1 month'
         from subscriptions o where o.id = s.id and s.user_id = $1
         returning o.user_id, o.period_start, o.period_end, o.plan_id, o.tokens_used
       )
       insert into subscription_periods select user_id, period_start, period_end, plan_id, 1000, tokens_used, 0 from ended`,
      [person.userId],
    )
    const waiting = correct(usageId, 30)
    await untilWaitedFor(world.pool, client)
    await client.query('commit')
    client.release()
    await waiting
    expect(await world.balance(person)).toMatchObject({ used: 0 })
    expect(await ledgerCheck(world.pool)).toEqual([])
  })

  test('comes between calls in flight without loss', async () => {
    const person = await world.subscriber({ tokens: 1_000_000 })
    const ids: string[] = []
    for (let n = 0; n < 8; n += 1) ids.push(await settledCall(person, 100))
    await Promise.all([
      ...ids.map((id, n) => correct(id, n)),
      ...Array.from({ length: 24 }, () => settledCall(person, 100)),
    ])
    expect(await world.balance(person)).toMatchObject({ used: 2_400 + 28, held: 0, flying: 0 })
    expect(await ledgerCheck(world.pool)).toEqual([])
  })
})

describe('the ledger check', () => {
  test('sees a row that is not what its last correction made it', async () => {
    const person = await world.subscriber()
    const usageId = await settledCall(person, 80)
    await correct(usageId, 20)
    await world.pool.query('update usage_corrections set tokens_after = 21 where usage_id = $1', [usageId])
    expect(await ledgerCheck(world.pool)).toMatchObject([
      { userId: person.userId, figure: 'corrected', rows: 20, found: 21 },
    ])
    await world.pool.query('update usage_corrections set tokens_after = 20 where usage_id = $1', [usageId])
  })
})
