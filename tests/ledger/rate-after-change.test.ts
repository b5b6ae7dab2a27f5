import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Meter } from '../../src/domain/ledger/meter'
import { subscribe } from '../support/subscribe'
import { World } from './world'

let world: World
let meter: Meter
/** The trigger reads the database's clock: what it clears lies ahead of that. */
const NOW = new Date(Date.now() + 3_600_000)

beforeAll(async () => {
  world = await World.open()
  meter = world.meter()
  await world.plan({ name: 'slow', tier: 'free', rank: 1, tokens: 100_000, rpm: 60, burst: 30, atOnce: 100 })
  await world.plan({ name: 'single', tier: 'free', rank: 0, tokens: 100_000, rpm: 1, burst: 1, atOnce: 100 })
  await world.plan({
    name: 'quick',
    tier: 'pro',
    rank: 3,
    tokens: 100_000,
    rpm: 600,
    burst: 100,
    atOnce: 100,
  })
  await world.plan({ name: 'fast', tier: 'pro', rank: 2, tokens: 100_000, rpm: 600, burst: 100, atOnce: 100 })
})
afterAll(() => world.close())

test('a burst spent on the old plan refuses nothing on the new one', async () => {
  const person = await world.person()
  await subscribe(world.pool, person.userId, 'slow', NOW)
  for (let call = 0; call < 30; call += 1) await meter.admit(world.call(person, { tokens: 1, now: NOW }))
  expect(await meter.admit(world.call(person, { tokens: 1, now: NOW }))).toMatchObject({
    reason: 'rate-limited',
  })
  await subscribe(world.pool, person.userId, 'fast', NOW)
  expect(await meter.admit(world.call(person, { tokens: 1, now: NOW }))).toMatchObject({ admitted: true })
})

test('a rate that an admin changes starts anew', async () => {
  const person = await world.person()
  await subscribe(world.pool, person.userId, 'slow', NOW)
  for (let call = 0; call < 30; call += 1) await meter.admit(world.call(person, { tokens: 1, now: NOW }))
  await world.pool.query(`update plans set requests_per_minute = 600, burst = 5 where name = 'slow'`)
  expect(await meter.admit(world.call(person, { tokens: 1, now: NOW }))).toMatchObject({ admitted: true })
})

describe('a period that begins on another plan', () => {
  const later = new Date(NOW.getTime() + 32 * 86_400_000)
  const begun = async (from: string, to: string) => {
    const person = await world.person()
    await subscribe(world.pool, person.userId, from, NOW)
    await subscribe(world.pool, person.userId, to, NOW)
    return { person, call: (now: Date) => meter.admit(world.call(person, { tokens: 1, now })) }
  }

  test("counts its first calls towards the new plan's rate", async () => {
    const { call } = await begun('quick', 'single')
    expect(await call(later)).toMatchObject({ admitted: true })
    expect(await call(later)).toMatchObject({ reason: 'rate-limited' })
  })

  test('refuses nothing for a burst that was spent on the old plan', async () => {
    const { person, call } = await begun('quick', 'single')
    await world.pool.query(`update subscriptions set rate_at = $2 where user_id = $1`, [
      person.userId,
      new Date(later.getTime() + 60_000),
    ])
    expect(await call(later)).toMatchObject({ admitted: true })
    expect(await call(later)).toMatchObject({ reason: 'rate-limited' })
  })
})
