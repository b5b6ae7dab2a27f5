import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Meter } from '../../src/domain/ledger/meter'
import { success, tally, World } from './world'

let world: World
let meter: Meter
beforeAll(async () => {
  world = await World.open()
  meter = world.meter()
})
afterAll(() => world.close())
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index))

describe('admission decides one call', () => {
  test('admits, writes the row and the hold', async () => {
    const person = await world.subscriber()
    const call = world.call(person)
    const answer = await meter.admit(call)
    expect(answer).toMatchObject({
      admitted: true,
      userId: person.userId,
      tokensHeld: 100,
      usageId: call.usageId,
    })
    expect(await world.row(call.usageId)).toMatchObject({ status: 'pending', held: 100, tokens: 0 })
    expect(await world.balance(person)).toMatchObject({ used: 0, held: 100, flying: 1 })
  })

  test.each([
    ['unauthorized', { credential: { kind: 'api-key', keyHash: 'ff' } as const }],
    [
      'unauthorized',
      { credential: { kind: 'session', sessionId: randomUUID(), userId: randomUUID() } as const },
    ],
    ['stale', { toolRevision: 2 }],
    ['stale', { toolId: randomUUID() }],
    ['too-large', { tokens: 1001 }],
  ])('refuses: %s', async (reason, part) => {
    const person = await world.subscriber()
    expect(await meter.admit(world.call(person, part))).toMatchObject({ admitted: false, reason })
    expect(await world.balance(person)).toMatchObject({ held: 0, flying: 0 })
  })

  test('refuses: stale, for a tool that is closed', async () => {
    const tool = await world.one<{ id: string; revision: number }>(
      `insert into tools (name, slug, is_active) values ('Closed', 'closed', false) returning id, revision::int`,
    )
    const call = world.call(await world.subscriber(), { toolId: tool.id, toolRevision: tool.revision })
    expect(await meter.admit(call)).toMatchObject({ admitted: false, reason: 'stale' })
  })

  test('no subscription, an expired one, a plan too low', async () => {
    expect(await meter.admit(world.call(await world.person()))).toMatchObject({ reason: 'no-subscription' })
    const expired = await world.subscriber({}, new Date('2020-01-31T00:00:00Z'))
    await world.pool.query(`update subscriptions set status = 'cancelled' where user_id = $1`, [
      expired.userId,
    ])
    expect(await meter.admit(world.call(expired))).toMatchObject({
      reason: 'no-subscription',
      expired: true,
    })
    await world.plan({ name: 'pro', tier: 'pro', rank: 2 })
    const tool = await world.one<{ id: string }>(
      `insert into tools (name, slug, minimum_tier) values ('Pro', 'pro', 'pro') returning id`,
    )
    const low = await world.subscriber()
    const refusal = await meter.admit(world.call(low, { toolId: tool.id }))
    expect(refusal).toMatchObject({ reason: 'plan-too-low', minimumTier: 'pro', opensWith: ['pro'] })
  })

  test('tells spent from held, and both from too large, with the values seen', async () => {
    const person = await world.subscriber({ tokens: 250 })
    const first = world.call(person, { tokens: 200 })
    await meter.admit(first)
    const held = await meter.admit(world.call(person, { tokens: 100 }))
    const seen = { tokenLimit: 250, tokensUsed: 0, tokensHeld: 200, tokensRemaining: 50 }
    expect(held).toMatchObject({ reason: 'held', seen })
    await meter.settle(success(person, first.usageId, 200))
    expect(await meter.admit(world.call(person, { tokens: 100 }))).toMatchObject({ reason: 'too-large' })
    const rest = world.call(person, { tokens: 100, mode: 'up-to' })
    expect(await meter.admit(rest)).toMatchObject({ admitted: true, tokensHeld: 50 })
    await meter.settle(success(person, rest.usageId, 60))
    expect(await world.balance(person)).toEqual(expect.objectContaining({ used: 260, held: 0, flying: 0 }))
    expect(await meter.admit(world.call(person, { tokens: 1 }))).toMatchObject({ reason: 'spent' })
    expect(await meter.admit(world.call(person, { tokens: 0 }))).toMatchObject({ admitted: true })
  })
})

describe('admission under parallelism', () => {
  test('32 fixed-price calls against room for 10: exactly 10, on one and on three instances', async () => {
    for (const meters of [[meter], [meter, world.meter(), world.meter()]]) {
      const person = await world.subscriber({ tokens: 1000 })
      const calls = times(32, () => world.call(person, { tokens: 100 }))
      const answers = await Promise.all(
        calls.map((call, index) => (meters[index % meters.length] as Meter).admit(call)),
      )
      expect(tally(answers)).toEqual({ admitted: 10, held: 22 })
      const admitted = calls.filter((_, index) => answers[index]?.admitted)
      await Promise.all(admitted.map((call) => meter.settle(success(person, call.usageId))))
      expect(await world.balance(person)).toMatchObject({ used: 1000, held: 0, flying: 0 })
    }
  })

  test('a large refused call takes nothing from its batch-mates', async () => {
    const person = await world.subscriber({ tokens: 1000 })
    const answers = await Promise.all(
      [5000, 900, 200, 50, 50].map((tokens) => meter.admit(world.call(person, { tokens }))),
    )
    expect(answers.map((answer) => (answer.admitted ? answer.tokensHeld : answer.reason))).toEqual([
      'too-large',
      900,
      'held',
      50,
      50,
    ])
  })

  test('calls that hold what is left share it with their batch-mates', async () => {
    const person = await world.subscriber({ tokens: 1000 })
    const answers = await Promise.all(
      times(4, () => meter.admit(world.call(person, { tokens: 400, mode: 'up-to' }))),
    )
    expect(answers.map((answer) => (answer.admitted ? answer.tokensHeld : answer.reason))).toEqual([
      400,
      400,
      200,
      'held',
    ])
  })

  test('what was refused as held succeeds on retry once less was used', async () => {
    const person = await world.subscriber({ tokens: 1000 })
    const meters = [meter, world.meter()]
    let done = 0
    const work = async (index: number) => {
      for (;;) {
        const call = world.call(person, { tokens: 300 })
        const answer = await (meters[index % 2] as Meter).admit(call)
        if (answer.admitted) {
          await (meters[index % 2] as Meter).settle(success(person, call.usageId, 10))
          done += 1
          return
        }
        expect(answer.reason).toBe('held')
      }
    }
    await Promise.all(times(40, work))
    expect(done).toBe(40)
    expect(await world.balance(person)).toMatchObject({ used: 400, held: 0, flying: 0 })
  })

  test('calls at once: exactly the plan allows', async () => {
    const person = await world.subscriber({ atOnce: 5, tokens: 100_000 })
    const meters = [meter, world.meter()]
    const calls = times(30, () => world.call(person, { tokens: 1 }))
    const answers = await Promise.all(calls.map((call, index) => (meters[index % 2] as Meter).admit(call)))
    expect(tally(answers)).toEqual({ admitted: 5, 'too-many-at-once': 25 })
    const flying = calls.find((_, index) => answers[index]?.admitted)
    await meter.settle(success(person, flying?.usageId ?? ''))
    expect(tally([await meter.admit(world.call(person))])).toEqual({ admitted: 1 })
  })

  test('rate: a burst, then one an interval; refused calls do not count', async () => {
    const start = new Date()
    const at = (ms: number) => new Date(start.getTime() + ms)
    const person = await world.subscriber({ rpm: 60, burst: 7, tokens: 100_000 }, start)
    const meters = [meter, world.meter()]
    const flood = (ms: number, count: number) =>
      Promise.all(
        times(count, (index) =>
          (meters[index % 2] as Meter).admit(world.call(person, { tokens: 1, now: at(ms) })),
        ),
      )
    expect(tally(await flood(0, 20))).toEqual({ admitted: 7, 'rate-limited': 13 })
    const refused = await meter.admit(world.call(person, { now: at(400) }))
    expect(refused).toMatchObject({
      reason: 'rate-limited',
      retryAfterMs: 600,
      limits: { requestsRemaining: 0 },
    })
    expect(tally(await flood(1000, 5))).toEqual({ admitted: 1, 'rate-limited': 4 })
    expect(tally(await flood(4000, 5))).toEqual({ admitted: 3, 'rate-limited': 2 })
    expect(tally(await flood(60_000, 20))).toEqual({ admitted: 7, 'rate-limited': 13 })
  })

  test('one bad item fails alone', async () => {
    const person = await world.subscriber()
    const answers = await Promise.allSettled([
      meter.admit(world.call(person)),
      meter.admit(world.call(person, { requestId: 'no uuid' })),
      meter.admit(world.call(person)),
    ])
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await world.balance(person)).toMatchObject({ held: 200, flying: 2 })
  })
})
