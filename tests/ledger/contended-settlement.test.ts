import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Meter } from '../../src/domain/ledger/meter'
import { ledgerCheck } from '../../src/domain/usage/ledger-check'
import { type Person, success, World } from './world'

let world: World
beforeAll(async () => {
  world = await World.open()
})
afterAll(() => world.close())

/** One call of a person, admitted on retry where too many are under way, and settled. */
async function callOnce(meter: Meter, person: Person): Promise<void> {
  for (;;) {
    const call = world.call(person, { tokens: 1 })
    if ((await meter.admit(call)).admitted) {
      await sleep(Math.random() * 5)
      return meter.settle(success(person, call.usageId, 1))
    }
    await sleep(Math.random() * 20)
  }
}

/**
 * PostgreSQL 18 once lost the rows of a statement that had waited for the balance: charged, and pending for ever.
 * It took a plan that is kept, two writers and small batches.
 */
test('settlements that wait for each other complete every row that they charge', async () => {
  for (let round = 0; round < 4; round += 1) {
    const meters = [world.meter(), world.meter(), world.meter()]
    const person = await world.subscriber({ tokens: 1_000_000, atOnce: 5 })
    await Promise.all(Array.from({ length: 300 }, (_, index) => callOnce(meters[index % 3] as Meter, person)))
    expect(await world.balance(person)).toMatchObject({ used: 300, held: 0, flying: 0 })
  }
  expect(await ledgerCheck(world.pool)).toEqual([])
})
