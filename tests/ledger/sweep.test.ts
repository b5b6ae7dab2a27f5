import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { renewLease } from '../../src/domain/ledger/lease'
import type { Meter } from '../../src/domain/ledger/meter'
import { sweep } from '../../src/domain/ledger/sweep'
import { ledgerCheck } from '../../src/domain/usage/ledger-check'
import { success, World } from './world'

let world: World
const START = new Date('2026-05-05T12:00:00Z')
const at = (seconds: number) => new Date(START.getTime() + seconds * 1000)
beforeAll(async () => {
  world = await World.open()
})
afterAll(() => world.close())

const instance = async (): Promise<Meter> => {
  const meter = world.meter(randomUUID())
  await renewLease(world.pool, meter.instanceId, at(0))
  return meter
}
const begin = async (meter: Meter, deadlineMs = 600_000) => {
  const person = await world.subscriber({}, START)
  const call = world.call(person, { now: at(0), deadlineMs })
  expect(await meter.admit(call)).toMatchObject({ admitted: true })
  return { person, id: call.usageId }
}

describe('the sweep', () => {
  test('settles the calls of an instance that fell silent, and leaves the living alone', async () => {
    const [dead, alive] = [await instance(), await instance()]
    const [lost, living] = [await begin(dead), await begin(alive)]
    await renewLease(world.pool, alive.instanceId, at(10))
    const sweeper = await instance()
    expect(await sweep(world.pool, sweeper.settle, at(14))).toBe(0)
    expect(await sweep(world.pool, sweeper.settle, at(16))).toBe(1)
    expect(await world.row(lost.id)).toMatchObject({ status: 'error', error_code: 'ABANDONED', tokens: 0 })
    expect(await world.balance(lost.person)).toMatchObject({ used: 0, held: 0, flying: 0 })
    expect(await world.row(living.id)).toMatchObject({ status: 'pending' })
    expect(
      await world.one('select count(*)::int as n from instances where id = $1', [dead.instanceId]),
    ).toEqual({ n: 0 })
    await dead.settle(success(lost.person, lost.id, 30, at(20)))
    await alive.settle(success(living.person, living.id, 30, at(20)))
    expect(await world.balance(lost.person)).toMatchObject({ used: 30, held: 0, flying: 0 })
    expect(await ledgerCheck(world.pool)).toEqual([])
  })

  test('settles a living instance’s call only 30 s after its deadline', async () => {
    const alive = await instance()
    const { id } = await begin(alive, 5_000)
    await renewLease(world.pool, alive.instanceId, at(34))
    expect(await sweep(world.pool, alive.settle, at(34))).toBe(0)
    await renewLease(world.pool, alive.instanceId, at(36))
    expect(await sweep(world.pool, alive.settle, at(36), { deadlines: false, strangers: false })).toBe(0)
    expect(await sweep(world.pool, alive.settle, at(36))).toBe(1)
    expect(await world.row(id)).toMatchObject({ status: 'error' })
  })

  test('the first sweep of a process finds calls of instances that nobody remembers', async () => {
    const alive = await instance()
    const { id } = await begin(world.meter(randomUUID()))
    const later = at(24 * 3600)
    await world.pool.query('update instances set renewed_at = $1', [later])
    expect(await sweep(world.pool, alive.settle, later)).toBe(0)
    expect(await sweep(world.pool, alive.settle, later, { deadlines: false, strangers: true })).toBe(1)
    expect(await world.row(id)).toMatchObject({ status: 'error' })
  })

  test('one instance sweeps at a time', async () => {
    const alive = await instance()
    const client = await world.pool.connect()
    await client.query('begin')
    await client.query(`select pg_advisory_xact_lock(hashtext('hub.sweep'))`)
    expect(await sweep(world.pool, alive.settle, at(0))).toBeNull()
    await client.query('rollback')
    client.release()
  })

  test('frees the key of a call with an Idempotency-Key', async () => {
    const dead = await instance()
    const person = await world.subscriber({}, START)
    const keyed = () => world.call(person, { now: at(0), idempotency: { key: 'k', bodyHash: 'aa' } })
    await dead.admit(keyed())
    const sweeper = await instance()
    await renewLease(world.pool, sweeper.instanceId, at(16))
    await sweep(world.pool, sweeper.settle, at(16))
    expect(await sweeper.admit(keyed())).toMatchObject({ admitted: true })
  })
})
