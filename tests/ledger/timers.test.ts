import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startMeteringTimers } from '../../src/domain/usage/metering'
import { success, World } from './world'

let world: World
beforeAll(async () => {
  world = await World.open()
})
afterAll(() => world.close())

const leases = () => world.one('select count(*)::int as n from instances')

test('the lease stands before the first call, and ends with the timers when nothing is left to settle', async () => {
  const meter = world.meter()
  const errors: unknown[] = []
  const timers = await startMeteringTimers(world.pool, (error) => errors.push(error), meter)
  expect(await world.one('select id from instances')).toEqual({ id: meter.instanceId })
  const person = await world.subscriber()
  const call = world.call(person)
  await meter.admit(call)
  void meter.settle(success(person, call.usageId))
  await meter.drain()
  expect(await world.balance(person)).toMatchObject({ used: 100, held: 0 })
  await timers.stop()
  expect(await leases()).toEqual({ n: 0 })
  expect(errors).toEqual([])
})
