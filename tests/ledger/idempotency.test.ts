import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { deleteExpiredKeys, readIdempotent } from '../../src/domain/ledger/idempotency'
import type { Meter } from '../../src/domain/ledger/meter'
import { ABANDONED } from '../../src/domain/ledger/settlement'
import { ledgerCheck } from '../../src/domain/usage/ledger-check'
import { type Person, success, tally, World } from './world'

let world: World
let meter: Meter
let other: Meter
beforeAll(async () => {
  world = await World.open()
  meter = world.meter()
  other = world.meter()
})
afterAll(() => world.close())

const BODY = 'aa'
const keyed = (person: Person, key: string, now: Date | null = null) =>
  world.call(person, { idempotency: { key, bodyHash: BODY }, now })
const known = (person: Person, key: string, bodyHash = BODY, now: Date | null = null) =>
  readIdempotent(world.pool, { userId: person.userId, toolId: world.toolId, key, bodyHash }, now)
const answered = (person: Person, usageId: string) => ({
  ...success(person, usageId, 40),
  answer: '{"n": 1}',
})

describe('a call with an Idempotency-Key', () => {
  test('24 at once on two instances: one is admitted', async () => {
    for (let round = 0; round < 5; round += 1) {
      const person = await world.subscriber()
      const key = randomUUID()
      const answers = await Promise.all(
        Array.from({ length: 24 }, (_, index) => (index % 2 ? meter : other).admit(keyed(person, key))),
      )
      expect(tally(answers)).toEqual({ admitted: 1, 'idempotency-known': 23 })
      expect(await world.balance(person)).toMatchObject({ held: 100, flying: 1 })
    }
  })

  test('runs, then is replayed byte for byte; another body is a mismatch', async () => {
    const person = await world.subscriber()
    const call = keyed(person, 'k')
    await meter.admit(call)
    expect(await known(person, 'k')).toEqual({ state: 'in-progress' })
    await meter.settle(answered(person, call.usageId))
    expect(await other.admit(keyed(person, 'k'))).toMatchObject({ reason: 'idempotency-known' })
    expect(await known(person, 'k')).toEqual({ state: 'replay', answer: '{"n": 1}', usageId: call.usageId })
    expect(await known(person, 'k', 'bb')).toEqual({ state: 'mismatch' })
    expect(await known(await world.subscriber(), 'k')).toEqual({ state: 'gone' })
  })

  test('a refusal and an uncharged failure free the key', async () => {
    const person = await world.subscriber()
    expect(await meter.admit({ ...keyed(person, 'k'), hold: { tokens: 5000, mode: 'exact' } })).toMatchObject(
      {
        reason: 'too-large',
      },
    )
    const call = keyed(person, 'k')
    expect(await meter.admit(call)).toMatchObject({ admitted: true })
    await meter.settle({
      ...success(person, call.usageId, 0),
      status: 'error',
      errorCode: 'TOOL_UNAVAILABLE',
    })
    expect(await known(person, 'k')).toEqual({ state: 'gone' })
    expect(await meter.admit(keyed(person, 'k'))).toMatchObject({ admitted: true })
  })

  test('is free again after 24 hours', async () => {
    const start = new Date('2026-05-01T00:00:00Z')
    const later = new Date('2026-05-02T00:00:01Z')
    const person = await world.subscriber({}, start)
    const call = keyed(person, 'k', start)
    await meter.admit(call)
    await meter.settle({ ...answered(person, call.usageId), now: start })
    expect(await meter.admit(keyed(person, 'k', later))).toMatchObject({ reason: 'idempotency-known' })
    expect(await known(person, 'k', BODY, later)).toEqual({ state: 'gone' })
    expect(await meter.admit(keyed(person, 'k', later))).toMatchObject({ admitted: true })
    expect(await deleteExpiredKeys(world.pool, new Date('2026-05-04T00:00:00Z'))).toBe(1)
  })

  test('one key is charged at most once, also when a swept call still ends', async () => {
    const person = await world.subscriber()
    const swept = keyed(person, 'k')
    await meter.admit(swept)
    await meter.settle({ ...success(person, swept.usageId, 0), status: 'error', errorCode: ABANDONED })
    const again = keyed(person, 'k')
    expect(await meter.admit(again)).toMatchObject({ admitted: true })
    await meter.settle(answered(person, swept.usageId))
    await meter.settle(answered(person, again.usageId))
    expect(await world.row(swept.usageId)).toMatchObject({ status: 'success', tokens: 0 })
    expect(await world.balance(person)).toMatchObject({ used: 40, held: 0, flying: 0 })
    expect(await ledgerCheck(world.pool)).toEqual([])
  })

  test('a swept call that ends before its key is used again is charged and replayed', async () => {
    const person = await world.subscriber()
    const swept = keyed(person, 'k')
    await meter.admit(swept)
    await meter.settle({ ...success(person, swept.usageId, 0), status: 'error', errorCode: ABANDONED })
    await meter.settle(answered(person, swept.usageId))
    expect(await meter.admit(keyed(person, 'k'))).toMatchObject({ reason: 'idempotency-known' })
    expect(await known(person, 'k')).toMatchObject({ state: 'replay' })
    expect(await world.balance(person)).toMatchObject({ used: 40 })
  })

  test('a swept call that ends after its key was used again leaves the answer of the later call', async () => {
    const person = await world.subscriber()
    const swept = keyed(person, 'k')
    await meter.admit(swept)
    await meter.settle({ ...success(person, swept.usageId, 0), status: 'error', errorCode: ABANDONED })
    const again = keyed(person, 'k')
    await meter.admit(again)
    await meter.settle(answered(person, again.usageId))
    await meter.settle({ ...answered(person, swept.usageId), answer: '{"n": 2}' })
    const replay = { state: 'replay', answer: '{"n": 1}', usageId: again.usageId }
    expect(await known(person, 'k')).toEqual(replay)
    expect(await world.balance(person)).toMatchObject({ used: 40, held: 0, flying: 0 })
  })

  test('of a user who was deleted meanwhile no key is kept', async () => {
    const person = await world.subscriber()
    const call = keyed(person, 'k')
    await meter.admit(call)
    await world.pool.query('delete from users where id = $1', [person.userId])
    await meter.settle(answered(person, call.usageId))
    expect(await world.row(call.usageId)).toMatchObject({ status: 'success' })
    expect(await known(person, 'k')).toEqual({ state: 'gone' })
  })
})
