import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { periodAt } from '../../src/domain/billing/period'
import { rollSubscription } from '../../src/domain/billing/roll'
import type { ModelTokens } from '../../src/domain/ledger/call'
import type { Meter } from '../../src/domain/ledger/meter'
import { ABANDONED } from '../../src/domain/ledger/settlement'
import { ledgerCheck } from '../../src/domain/usage/ledger-check'
import { untilWaitedFor } from '../support/locks'
import { type Person, success, World } from './world'

let world: World
let meter: Meter
beforeAll(async () => {
  world = await World.open()
  meter = world.meter()
})
afterAll(() => world.close())

const admitted = async (person: Person, part: Parameters<World['call']>[1] = {}) => {
  const call = world.call(person, part)
  expect(await meter.admit(call)).toMatchObject({ admitted: true })
  return call.usageId
}
const abandon = (person: Person, usageId: string) =>
  meter.settle({ ...success(person, usageId, 0), status: 'error', source: 'unknown', errorCode: ABANDONED })
const periodRow = (person: Person) =>
  world.one(
    `select tokens_used::float8 as used, tokens_held::float8 as held from subscription_periods where user_id = $1`,
    [person.userId],
  )
const daily = (person: Person) =>
  world.one(
    `select sum(calls_success)::int as success, sum(calls_error)::int as error, sum(tokens)::int as tokens
   from usage_daily where user_id = $1`,
    [person.userId],
  )
const clean = async () => expect(await ledgerCheck(world.pool)).toEqual([])

const forget = async (person: Person) => {
  await world.pool.query('delete from users where id = $1', [person.userId])
  await world.pool.query('delete from subscription_periods where user_id = $1', [person.userId])
  await world.pool.query('delete from usage_daily where user_id = $1', [person.userId])
  await world.pool.query('delete from usage_logs where user_id = $1', [person.userId])
}

describe('settlement', () => {
  test('charges what was used, releases the hold, completes the row, raises the roll-up', async () => {
    const person = await world.subscriber()
    const id = await admitted(person)
    await meter.settle(success(person, id, 40))
    expect(await world.balance(person)).toMatchObject({ used: 40, held: 0, flying: 0 })
    expect(await world.row(id)).toMatchObject({ status: 'success', tokens: 40, held: 100 })
    expect(await daily(person)).toEqual({ success: 1, error: 0, tokens: 40 })
    await clean()
  })

  test('twice is once: in a row, in one batch, from two instances', async () => {
    const person = await world.subscriber({ tokens: 10_000 })
    const other = world.meter()
    for (let round = 0; round < 10; round += 1) {
      const id = await admitted(person)
      const end = success(person, id, 40)
      await Promise.all([meter.settle(end), meter.settle(end), other.settle(end), other.settle(end)])
      await meter.settle(end)
    }
    expect(await world.balance(person)).toMatchObject({ used: 400, held: 0, flying: 0 })
    expect(await daily(person)).toEqual({ success: 10, error: 0, tokens: 400 })
    await clean()
  })

  test('a late settlement of a swept call is applied once and corrects everything', async () => {
    const person = await world.subscriber()
    const id = await admitted(person)
    // Still in flight: what the late settlement must not take off a second time.
    const another = await admitted(person)
    await abandon(person, id)
    expect(await world.row(id)).toMatchObject({ status: 'error', tokens: 0, error_code: ABANDONED })
    expect(await world.balance(person)).toMatchObject({ used: 0, held: 100, flying: 1 })
    const other = world.meter()
    const end = success(person, id, 70)
    await Promise.all([meter.settle(end), other.settle(end), abandon(person, id), meter.settle(end)])
    expect(await world.row(id)).toMatchObject({ status: 'success', tokens: 70, error_code: null })
    expect(await world.balance(person)).toMatchObject({ used: 70, held: 100, flying: 1 })
    expect(await daily(person)).toEqual({ success: 1, error: 0, tokens: 70 })
    await meter.settle(success(person, another))
    await clean()
  })

  test('the sweep does not touch a settled call', async () => {
    const person = await world.subscriber()
    const id = await admitted(person)
    await meter.settle({ ...success(person, id, 0), status: 'timeout', errorCode: 'TOOL_TIMEOUT' })
    await abandon(person, id)
    expect(await world.row(id)).toMatchObject({ status: 'timeout', error_code: 'TOOL_TIMEOUT' })
    await clean()
  })

  test('a call belongs to the period of its admission, also when it ends in a later one', async () => {
    const start = new Date('2026-01-31T10:00:00Z')
    const inJanuary = new Date('2026-02-20T10:00:00Z')
    const later = new Date('2026-03-05T10:00:00Z')
    const person = await world.subscriber({}, start)
    const old = await admitted(person, { now: inJanuary })
    const fresh = await admitted(person, { now: later, tokens: 200 })
    expect(await world.balance(person)).toEqual({
      used: 0,
      held: 200,
      flying: 2,
      ...periodAt(start, later),
    })
    expect(await periodRow(person)).toEqual({ used: 0, held: 100 })
    await meter.settle(success(person, old, 60, later))
    expect(await world.balance(person)).toMatchObject({ used: 0, held: 200, flying: 1 })
    expect(await periodRow(person)).toEqual({ used: 60, held: 0 })
    await meter.settle(success(person, fresh, 10, later))
    expect(await world.balance(person)).toMatchObject({ used: 10, held: 0, flying: 0 })
    await clean()
  })

  test('the period ends while a settlement waits for the lock: charged to the ended period, once', async () => {
    const start = new Date('2026-01-15T10:00:00Z')
    const person = await world.subscriber({}, start)
    const id = await admitted(person, { now: new Date('2026-02-01T00:00:00Z') })
    const client = await world.pool.connect()
    await client.query('begin')
    await rollSubscription(client as never, person.userId, new Date('2026-02-16T00:00:00Z'))
    const settling = meter.settle(success(person, id, 30, new Date('2026-02-16T00:00:00Z')))
    await untilWaitedFor(world.pool, client)
    await client.query('commit')
    client.release()
    await settling
    expect(await periodRow(person)).toEqual({ used: 30, held: 0 })
    expect(await world.balance(person)).toMatchObject({ used: 0, held: 0, flying: 0 })
    await clean()
  })

  /** A call of an hour that is over takes a second statement; what that one could not see takes a third. */
  test('the period ends while a second statement waits for the lock: charged to the ended period', async () => {
    const person = await world.subscriber({}, new Date('2026-01-15T10:00:00Z'))
    const id = await admitted(person, { now: new Date('2026-02-14T00:00:00Z') })
    const later = new Date('2026-02-16T00:00:00Z')
    const [holder, roller] = [await world.pool.connect(), await world.pool.connect()]
    await holder.query('begin')
    await roller.query('begin')
    let settling = Promise.resolve()
    try {
      // The first statement touches no such table; the second one waits for it, and sees nothing before that.
      await holder.query('lock table usage_hours_due in access exclusive mode')
      settling = meter.settle(success(person, id, 30, later))
      await world.waiting('relation')
      await rollSubscription(roller as never, person.userId, later)
      await holder.query('commit')
      await world.waiting('transactionid')
      await roller.query('commit')
    } finally {
      holder.release(true)
      roller.release(true)
    }
    await settling
    expect(await periodRow(person)).toEqual({ used: 30, held: 0 })
    expect(await world.balance(person)).toMatchObject({ used: 0, held: 0, flying: 0 })
    await clean()
  })

  test('a user deleted in flight: the row is completed, nothing hangs, the sums agree', async () => {
    for (const during of [false, true]) {
      const person = await world.subscriber()
      const id = await admitted(person)
      const client = await world.pool.connect()
      await client.query('begin')
      await client.query('delete from users where id = $1', [person.userId])
      if (!during) await client.query('commit')
      const settling = meter.settle(success(person, id, 30))
      if (during) {
        await untilWaitedFor(world.pool, client)
        await client.query('commit')
      }
      client.release()
      await settling
      expect(await world.row(id)).toMatchObject({ status: 'success', tokens: 30 })
      expect(await periodRow(person)).toEqual({ used: 30, held: 0 })
    }
    await clean()
  })

  test('a period that nobody keeps any more: the row is completed, nothing hangs', async () => {
    const person = await world.subscriber()
    const id = await admitted(person)
    await world.pool.query('delete from users where id = $1', [person.userId])
    await world.pool.query('delete from subscription_periods where user_id = $1', [person.userId])
    await meter.settle(success(person, id, 30))
    expect(await world.row(id)).toMatchObject({ status: 'success', tokens: 30 })
    await clean()
  })

  test('a call of a subscription that was replaced: the new one keeps its own calls in flight', async () => {
    const person = await world.subscriber()
    const id = await admitted(person)
    await world.pool.query('delete from subscriptions where user_id = $1', [person.userId])
    await world.pool.query('delete from subscription_periods where user_id = $1', [person.userId])
    const start = new Date(Date.now() - 60_000)
    const plan = await world.plan()
    await world.pool.query(
      `insert into subscriptions (user_id, plan_id, started_at, period_start, period_end) values ($1, $2, $3, $3, $4)`,
      [person.userId, plan, start, periodAt(start, start).end],
    )
    const another = await admitted(person)
    await meter.settle(success(person, id, 30))
    expect(await world.row(id)).toMatchObject({ status: 'success', tokens: 30 })
    expect(await world.balance(person)).toMatchObject({ used: 0, held: 100, flying: 1 })
    await meter.settle(success(person, another, 0))
    await forget(person)
  })

  // A correction locks the balance first; in the other order the two would wait for each other.
  test('a call that waits for its balance has not locked its row yet', async () => {
    const person = await world.subscriber()
    const id = await admitted(person, { idempotency: { key: 'k', bodyHash: 'aa' } })
    const client = await world.pool.connect()
    await client.query('begin')
    await client.query('select from subscriptions where user_id = $1 for no key update', [person.userId])
    const settling = meter.settle({ ...success(person, id, 30), answer: '{}' })
    try {
      await untilWaitedFor(world.pool, client)
      await client.query('select from usage_logs where id = $1 for no key update nowait', [id])
      await client.query('commit')
    } finally {
      client.release(true)
    }
    await settling
    expect(await world.row(id)).toMatchObject({ status: 'success', tokens: 30 })
    await clean()
  })

  test('what a call wrote to its provider’s cache is kept, also beside calls that wrote nothing', async () => {
    const person = await world.subscriber()
    const counts = { inputTokens: 9, cachedInputTokens: 1, outputTokens: 2, reasoningTokens: 0 }
    const written: Partial<ModelTokens>[] = [
      {},
      { cacheWrite5mTokens: 4 },
      { cacheWrite1hTokens: 5 },
      { cacheWrite5mTokens: 0, cacheWrite1hTokens: 6 },
    ]
    for (const tokens of written) {
      const id = await admitted(person)
      await meter.settle({ ...success(person, id, 30), modelTokens: { ...counts, ...tokens } })
      const kept = await world.one(
        `select cache_write_5m_tokens::int as short, cache_write_1h_tokens::int as long from usage_logs where id = $1`,
        [id],
      )
      expect(kept).toEqual({
        short: tokens.cacheWrite5mTokens ?? null,
        long: tokens.cacheWrite1hTokens ?? null,
      })
    }
    await clean()
  })

  test('settles in parallel with admissions of many users on two instances, without drift', async () => {
    const people = await Promise.all(
      Array.from({ length: 20 }, () => world.subscriber({ tokens: 1_000_000 })),
    )
    const meters = [meter, world.meter()]
    const one = async (index: number) => {
      const person = people[(index * 7) % people.length] as Person
      const at = meters[index % 2] as Meter
      const call = world.call(person, { tokens: 10 })
      if (!(await at.admit(call)).admitted) throw new Error('refused')
      await (meters[(index >> 1) % 2] as Meter).settle(success(person, call.usageId, index % 13))
    }
    await Promise.all(Array.from({ length: 1500 }, (_, index) => one(index)))
    await clean()
    const held = await world.one(
      'select sum(tokens_held)::int as held, sum(calls_in_flight)::int as flying from subscriptions',
    )
    expect(held).toEqual({ held: 0, flying: 0 })
  })
})

describe('the ledger check', () => {
  test.each([
    ['charged', 'update subscriptions set tokens_used = tokens_used + 5 where user_id = $1'],
    ['held', 'update subscriptions set tokens_held = tokens_held + 5 where user_id = $1'],
    ['flying', 'update subscriptions set calls_in_flight = calls_in_flight + 1 where user_id = $1'],
    ['rolled tokens', 'update usage_daily set tokens = tokens + 5 where user_id = $1'],
    ['rolled calls', 'update usage_daily set calls_success = calls_success + 1 where user_id = $1'],
  ])('reports a planted drift: %s', async (figure, statement) => {
    const person = await world.subscriber()
    await meter.settle(success(person, await admitted(person), 40))
    await admitted(person)
    await clean()
    await world.pool.query(statement, [person.userId])
    const drifts = await ledgerCheck(world.pool)
    expect(drifts.map((drift) => [drift.userId, drift.figure])).toEqual([[person.userId, figure]])
    await forget(person)
  })

  test('reports a period that is kept nowhere', async () => {
    const person = await world.subscriber()
    await meter.settle(success(person, await admitted(person), 40))
    await world.pool.query('delete from subscriptions where user_id = $1', [person.userId])
    await clean()
    await world.pool.query('delete from subscription_periods where user_id = $1', [person.userId])
    expect(await ledgerCheck(world.pool)).toMatchObject([{ figure: 'charged', rows: 40, found: 0 }])
    await forget(person)
  })
})
