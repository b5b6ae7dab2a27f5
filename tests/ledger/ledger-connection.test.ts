import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals'
import pg from 'pg'
import { World } from './world'

/** Protects against a connection of the ledger that is kept after it broke, or that cannot be closed. */

let world: World
beforeAll(async () => {
  world = await World.open()
})
afterEach(() => void jest.restoreAllMocks())
afterAll(() => world.close())

test('a connection that breaks as its last preparation is answered is not kept', async () => {
  const meter = world.meter()
  const person = await world.subscriber()
  const real = pg.Client.prototype.query as (this: pg.Client, ...args: unknown[]) => Promise<unknown>
  let broken = 0
  const breaksOnce = async function (this: pg.Client, ...args: unknown[]) {
    const answer = real.apply(this, args)
    if (/^set plan_cache_mode/.test(String(args[0])) && broken === 0) {
      broken += 1
      await answer
      const ended = new Promise((resolve) => this.once('end', resolve))
      const { processID } = this as pg.Client & { processID: number }
      await world.pool.query('select pg_terminate_backend($1)', [processID])
      await ended
    }
    return answer
  }
  jest.spyOn(pg.Client.prototype, 'query').mockImplementation(breaksOnce as never)
  await expect(meter.admit(world.call(person))).rejects.toThrow('Connection terminated')
  jest.restoreAllMocks()
  expect(broken).toBe(1)
  expect(await meter.admit(world.call(person))).toMatchObject({ admitted: true })
})

test('a call that cannot be written as a statement keeps nobody from closing the connection', async () => {
  const meter = world.meter()
  const person = await world.subscriber()
  const broken = { ...world.call(person), requestId: 'no plain text' }
  await expect(meter.admit(broken)).rejects.toThrow(TypeError)
  expect(await meter.admit(world.call(person))).toMatchObject({ admitted: true })
  await meter.close()
})
