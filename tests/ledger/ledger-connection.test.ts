import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals'
import pg from 'pg'
import { ledgerConnection } from '../../src/metering/ledger-connection'
import { WAYS } from './ways'
import { success, World } from './world'

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
    if (/^\s*create/.test(String(args[0])) && broken === 0) {
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

test('a statement that cannot be written keeps nobody from closing the connection', async () => {
  const connection = ledgerConnection(world.pool, 'select 1')
  const broken = () => {
    throw new Error('broken')
  }
  await expect(connection.query(broken)).rejects.toThrow('broken')
  expect((await connection.query<{ one: number }>(() => ({ text: 'select 1 as one' }))).rows).toEqual([
    { one: 1 },
  ])
  await connection.end()
})

test('a database user who may have no temporary objects has no functions, and is served', async () => {
  const plain = await World.open(WAYS[1])
  const meter = plain.meter()
  const person = await plain.subscriber()
  const call = plain.call(person)
  const sent = jest.spyOn(pg.Client.prototype, 'query')
  expect(await meter.admit(call)).toMatchObject({ admitted: true, tokensHeld: 100 })
  await meter.settle(success(person, call.usageId, 70))
  const names = (sent.mock.calls as unknown[][]).map(([statement]) => (statement as { name?: string }).name)
  expect(names.filter(Boolean)).toEqual(['hub_admit', 'hub_settle'])
  expect(await plain.balance(person)).toMatchObject({ used: 70, held: 0, flying: 0 })
  await meter.close()
  await plain.close()
})
