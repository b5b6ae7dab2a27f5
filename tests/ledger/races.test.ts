import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { PoolClient } from 'pg'
import { periodAt } from '../../src/domain/billing/period'
import { rollSubscription } from '../../src/domain/billing/roll'
import type { Admission } from '../../src/domain/ledger/call'
import type { Meter } from '../../src/domain/ledger/meter'
import { ledgerCheck } from '../../src/domain/usage/ledger-check'
import type { Sql } from '../../src/platform/database/sql'
import { type Person, success, tally, World } from './world'

let world: World
let meter: Meter
beforeAll(async () => {
  world = await World.open()
  meter = world.meter()
})
afterAll(() => world.close())

/** Admits while another transaction holds the balance row, changes it, and commits only when admission waits. */
const admitDuring = async (
  person: Person,
  change: (client: PoolClient) => Promise<unknown>,
  calls: () => Array<Promise<Admission>>,
) => {
  const client = await world.pool.connect()
  await client.query('begin')
  await client.query('select 1 from subscriptions where user_id = $1 for no key update', [person.userId])
  await change(client)
  const answers = calls()
  await world.waiting('transactionid')
  await client.query('commit')
  client.release()
  return Promise.all(answers)
}

describe('what changes while an admission waits for the balance', () => {
  test('the plan: decided by the new one, and no false refusal', async () => {
    const person = await world.subscriber({ tokens: 50 })
    const bigger = await world.plan({ tokens: 10_000 })
    const [answer] = await admitDuring(
      person,
      (client) =>
        client.query('update subscriptions set plan_id = $2 where user_id = $1', [person.userId, bigger]),
      () => [meter.admit(world.call(person, { tokens: 100 }))],
    )
    expect(answer).toMatchObject({ admitted: true, limits: {} })
  })

  test('the plan, to one that was made meanwhile: still no false refusal', async () => {
    const person = await world.subscriber({ tokens: 50 })
    const [answer] = await admitDuring(
      person,
      async (client) => {
        const plan = await client.query(
          `insert into plans (name, title, rank, token_limit) values ('new', 'New', 9, 9000) returning id`,
        )
        await client.query('update subscriptions set plan_id = $2 where user_id = $1', [
          person.userId,
          plan.rows[0].id,
        ])
      },
      () => [meter.admit(world.call(person, { tokens: 100 }))],
    )
    expect(answer).toMatchObject({ admitted: true, plan: 'new' })
  })

  test('the period: it is rolled over once, and the ended one keeps its hold', async () => {
    const start = new Date('2026-03-10T00:00:00Z')
    const later = new Date('2026-04-11T00:00:00Z')
    const person = await world.subscriber({}, start)
    const old = world.call(person, { now: start, tokens: 300 })
    await meter.admit(old)
    const call = world.call(person, { now: later })
    const [answer] = await admitDuring(
      person,
      (client) => rollSubscription(client as unknown as Sql, person.userId, later),
      () => [meter.admit(call)],
    )
    expect(answer).toMatchObject({ admitted: true })
    expect(await world.balance(person)).toEqual({
      used: 0,
      held: 100,
      flying: 2,
      ...periodAt(start, later),
    })
    await meter.settle(success(person, old.usageId, 300, later))
    await meter.settle(success(person, call.usageId, 100, later))
    expect(await ledgerCheck(world.pool)).toEqual([])
  })

  test('the balance: what another spent is seen', async () => {
    const person = await world.subscriber({ tokens: 150 })
    const [answer] = await admitDuring(
      person,
      (client) =>
        client.query('update subscriptions set tokens_used = 100 where user_id = $1', [person.userId]),
      () => [meter.admit(world.call(person, { tokens: 100 }))],
    )
    expect(answer).toMatchObject({ reason: 'too-large', seen: { tokensUsed: 100 } })
    await world.pool.query('update subscriptions set tokens_used = 0 where user_id = $1', [person.userId])
  })

  test('the subscription is deleted: refused, and nothing hangs', async () => {
    const person = await world.subscriber()
    const [answer] = await admitDuring(
      person,
      (client) => client.query('delete from subscriptions where user_id = $1', [person.userId]),
      () => [meter.admit(world.call(person))],
    )
    expect(answer).toMatchObject({ reason: 'no-subscription' })
  })
})

describe('the first moments of a new period', () => {
  test('40 calls on three instances: one roll-over, exactly what the new limit admits', async () => {
    const start = new Date('2026-01-31T00:00:00Z')
    const before = new Date('2026-02-27T23:59:00Z')
    const after = new Date('2026-02-28T00:00:00Z')
    const person = await world.subscriber({ tokens: 1000 }, start)
    const flying = world.call(person, { now: before, tokens: 700 })
    await meter.admit(flying)
    const meters = [meter, world.meter(), world.meter()]
    const calls = Array.from({ length: 40 }, () => world.call(person, { now: after }))
    const answers = await Promise.all(calls.map((call, index) => (meters[index % 3] as Meter).admit(call)))
    expect(tally(answers)).toEqual({ admitted: 10, held: 30 })
    expect(await world.balance(person)).toEqual({
      used: 0,
      held: 1000,
      flying: 11,
      ...periodAt(start, after),
    })
    const admitted = calls.filter((_, index) => answers[index]?.admitted)
    await Promise.all(
      [flying, ...admitted].map((call) => meter.settle(success(person, call.usageId, 10, after))),
    )
    expect(await world.balance(person)).toMatchObject({ used: 100, held: 0, flying: 0 })
    expect(await ledgerCheck(world.pool)).toEqual([])
  })
})

describe('users deleted under load', () => {
  test('nothing deadlocks, hangs or drifts', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, () => world.subscriber({ tokens: 100_000 })))
    const meters = [meter, world.meter()] as const
    const work = async (index: number) => {
      const person = people[index % people.length] as Person
      const idempotency = { key: `k${index}`, bodyHash: 'aa' }
      const call = world.call(person, { tokens: 10, ...(index % 3 === 0 ? { idempotency } : {}) })
      const answer = await (meters[index % 2] ?? meter).admit(call)
      if (answer.admitted) await (meters[(index >> 1) % 2] ?? meter).settle(success(person, call.usageId, 5))
    }
    const remove = async ({ userId }: Person, index: number) => {
      await new Promise((resolve) => setTimeout(resolve, index * 12))
      await world.pool.query('delete from users where id = $1', [userId])
    }
    await Promise.all([...Array.from({ length: 900 }, (_, index) => work(index)), ...people.map(remove)])
    expect(await ledgerCheck(world.pool)).toEqual([])
    const held = await world.one(
      'select coalesce(sum(tokens_held), 0)::int as held from subscription_periods where user_id = any ($1)',
      [people.map(({ userId }) => userId)],
    )
    expect(held).toEqual({ held: 0 })
  })
})
