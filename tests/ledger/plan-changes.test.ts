import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { SYSTEM } from '../../src/domain/audit/record'
import { periodAt } from '../../src/domain/billing/period'
import { listPlans } from '../../src/domain/billing/plans'
import { currentSubscription, startDefaultSubscription } from '../../src/domain/billing/subscriptions'
import type { Meter } from '../../src/domain/ledger/meter'
import { storeExpired } from '../../src/domain/ledger/upkeep'
import { ledgerCheck } from '../../src/domain/usage/ledger-check'
import { cancelSubscription, subscribe } from '../support/subscribe'
import { type Person, success, World } from './world'

let world: World
let meter: Meter
const START = new Date('2026-01-31T10:00:00Z')
const FEBRUARY = new Date('2026-02-10T10:00:00Z')
const MARCH = new Date('2026-03-10T10:00:00Z')

beforeAll(async () => {
  world = await World.open()
  meter = world.meter()
  await world.plan({ name: 'free', tier: 'free', rank: 1, tokens: 1000 })
  await world.plan({ name: 'pro', tier: 'pro', rank: 2, tokens: 50_000 })
  await world.plan({ name: 'partner', tier: 'enterprise', rank: 3, tokens: 500_000 })
  await world.pool.query(`update plans set self_service = false where name = 'partner'`)
})
afterAll(() => world.close())

const use = async (person: Person, tokens: number, now: Date) => {
  const call = world.call(person, { tokens, now })
  const answer = await meter.admit(call)
  if (answer.admitted) await meter.settle(success(person, call.usageId, tokens, now))
  return answer
}

describe('periods in SQL', () => {
  test('are those of periodAt', async () => {
    const moments = fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
    const pairs = fc
      .sample(fc.tuple(moments, fc.integer({ min: -1e9, max: 1e9 })), 500)
      .map(([anchor, seconds]) => {
        return { anchor, at: new Date(anchor.getTime() + seconds * 1000) }
      })
    const { rows } = await world.pool.query(
      `select hub_period_start(anchor, at) as start, hub_period_end(anchor, at) as "end"
       from unnest($1::timestamptz[], $2::timestamptz[]) with ordinality as pair(anchor, at, n) order by n`,
      [pairs.map(({ anchor }) => anchor), pairs.map(({ at }) => at)],
    )
    expect(rows).toEqual(pairs.map(({ anchor, at }) => periodAt(anchor, at)))
  })
})

describe('choosing plans', () => {
  test('start, upgrade at once with what was used, downgrade at the period end', async () => {
    const person = await world.person()
    expect(await currentSubscription(world.pool, person.userId, START)).toBeNull()
    const started = await subscribe(world.pool, person.userId, 'free', START)
    expect(started).toMatchObject({ plan: 'free', status: 'active', period_start: START.toISOString() })
    await use(person, 1000, FEBRUARY)
    expect(await use(person, 1, FEBRUARY)).toMatchObject({ reason: 'spent' })
    const upgraded = await subscribe(world.pool, person.userId, 'pro', FEBRUARY)
    expect(upgraded).toMatchObject({ plan: 'pro', tokens_used: 1000, tokens_remaining: 49_000 })
    const down = await subscribe(world.pool, person.userId, 'free', FEBRUARY)
    expect(down).toMatchObject({ plan: 'pro', pending_plan: 'free', tokens_used: 1000 })
    expect(await use(person, 2000, FEBRUARY)).toMatchObject({ admitted: true, plan: 'pro' })
    expect(await use(person, 10, MARCH)).toMatchObject({ admitted: true, plan: 'free' })
    expect(await currentSubscription(world.pool, person.userId, MARCH)).toMatchObject({
      plan: 'free',
      pending_plan: null,
      tokens_used: 10,
    })
    expect(await ledgerCheck(world.pool)).toEqual([])
  })

  test('the same plan takes back a downgrade or a cancellation and resets nothing', async () => {
    const person = await world.person()
    await subscribe(world.pool, person.userId, 'pro', START)
    await use(person, 700, FEBRUARY)
    await subscribe(world.pool, person.userId, 'free', FEBRUARY)
    const kept = { plan: 'pro', status: 'active', pending_plan: null, tokens_used: 700 }
    expect(await subscribe(world.pool, person.userId, 'pro', FEBRUARY)).toMatchObject(kept)
    expect(await cancelSubscription(world.pool, person.userId, FEBRUARY)).toMatchObject({
      status: 'cancelled',
    })
    expect(await cancelSubscription(world.pool, person.userId, FEBRUARY)).toMatchObject({
      status: 'cancelled',
    })
    expect(await use(person, 10, FEBRUARY)).toMatchObject({ admitted: true })
    expect(await subscribe(world.pool, person.userId, 'pro', FEBRUARY)).toMatchObject({
      ...kept,
      tokens_used: 710,
    })
  })

  test('cancelled, expired, started anew: a new period from now; the old one is kept', async () => {
    const person = await world.person()
    await subscribe(world.pool, person.userId, 'free', START)
    await use(person, 900, FEBRUARY)
    const flying = world.call(person, { tokens: 50, now: FEBRUARY })
    await meter.admit(flying)
    await cancelSubscription(world.pool, person.userId, FEBRUARY)
    expect(await use(person, 1, MARCH)).toMatchObject({ reason: 'no-subscription', expired: true })
    expect(await currentSubscription(world.pool, person.userId, MARCH)).toMatchObject({ status: 'expired' })
    expect(await cancelSubscription(world.pool, person.userId, MARCH)).toBeNull()
    await storeExpired(world.pool, MARCH)
    expect(await world.one('select status from subscriptions where user_id = $1', [person.userId])).toEqual({
      status: 'expired',
    })
    const again = await subscribe(world.pool, person.userId, 'free', MARCH)
    expect(again).toMatchObject({ status: 'active', tokens_used: 0, period_start: MARCH.toISOString() })
    await meter.settle(success(person, flying.usageId, 40, MARCH))
    expect(await world.balance(person)).toMatchObject({ used: 0, held: 0, flying: 0 })
    expect(await ledgerCheck(world.pool)).toEqual([])
  })

  test('deleted and made again in the same period: the ended period has what both used', async () => {
    const person = await world.person()
    await subscribe(world.pool, person.userId, 'free', START)
    const stored = await world.one<{ row: object }>(
      'select to_jsonb(s) as row from subscriptions s where user_id = $1',
      [person.userId],
    )
    await use(person, 300, FEBRUARY)
    await world.pool.query('delete from subscriptions where user_id = $1', [person.userId])
    await world.pool.query(
      'insert into subscriptions select * from jsonb_populate_record(null::subscriptions, $1)',
      [stored.row],
    )
    await use(person, 50, FEBRUARY)
    expect(await use(person, 10, MARCH)).toMatchObject({ admitted: true })
    const ended = 'select tokens_used::int as used from subscription_periods where user_id = $1'
    expect(await world.one(ended, [person.userId])).toEqual({ used: 350 })
    expect(await ledgerCheck(world.pool)).toEqual([])
  })

  test('at a period end, between calls of two instances: the period ends once, nothing is lost', async () => {
    const meters = [meter, world.meter()] as const
    for (let round = 0; round < 8; round += 1) {
      const person = await world.person()
      await subscribe(world.pool, person.userId, 'free', START)
      await use(person, 300, FEBRUARY)
      const calls = Array.from({ length: 6 }, () => world.call(person, { tokens: 50, now: MARCH }))
      const changes = ['free', 'pro', 'free', 'pro'].map((plan) =>
        subscribe(world.pool, person.userId, plan, MARCH),
      )
      const work = calls.map(async (call, index) => {
        const at = meters[index % 2] ?? meter
        expect(await at.admit(call)).toMatchObject({ admitted: true })
        await at.settle(success(person, call.usageId, 20, MARCH))
      })
      await Promise.all([...work, ...changes, cancelSubscription(world.pool, person.userId, MARCH)])
      expect(await world.balance(person)).toMatchObject({ used: 120, held: 0, flying: 0 })
      expect(await ledgerCheck(world.pool)).toEqual([])
    }
  })

  test('an unknown plan, and one that is not on offer, name the field and the offers', async () => {
    const person = await world.person()
    for (const plan of ['gold', 'partner', '']) {
      await expect(subscribe(world.pool, person.userId, plan, null)).rejects.toMatchObject({
        code: plan === 'partner' ? 'PLAN_NOT_AVAILABLE' : 'VALIDATION_ERROR',
        details: [{ field: 'plan', plans: ['free', 'pro'] }],
      })
    }
    expect(await subscribe(world.pool, person.userId, 'partner', null, { actor: 'admin' })).toMatchObject({
      plan: 'partner',
    })
  })

  test('eight first subscriptions at once leave one row and no error', async () => {
    const plans = ['free', 'pro', 'free', 'pro', 'free', 'pro', 'free', 'pro']
    for (let round = 0; round < 6; round += 1) {
      const person = await world.person()
      await Promise.all(plans.map((plan) => subscribe(world.pool, person.userId, plan, null)))
      expect(await currentSubscription(world.pool, person.userId, null)).toMatchObject({ plan: 'pro' })
    }
  })

  test('new users get the plan that an admin marked, or none', async () => {
    const without = await world.person()
    await startDefaultSubscription(world.pool, without.userId, null, SYSTEM)
    expect(await currentSubscription(world.pool, without.userId, null)).toBeNull()
    await world.pool.query(
      `update settings set default_plan_id = (select id from plans where name = 'partner')`,
    )
    await startDefaultSubscription(world.pool, without.userId, null, SYSTEM)
    expect(await currentSubscription(world.pool, without.userId, null)).toMatchObject({ plan: 'partner' })
  })

  test('plans are listed lowest first, with their features', async () => {
    await world.pool.query(
      `insert into plans_features (_order, _parent_id, text) select n, id, 'F' || n from plans, generate_series(1, 2) n
       where name = 'pro'`,
    )
    const plans = await listPlans(world.pool)
    expect(plans.map(({ name }) => name)).toEqual(['free', 'pro', 'partner'])
    expect(plans[1]).toMatchObject({
      tier: 'pro',
      token_limit: 50_000,
      features: ['F1', 'F2'],
      price_monthly: 0,
    })
  })
})
