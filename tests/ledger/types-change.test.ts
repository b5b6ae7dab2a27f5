import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { PoolClient } from 'pg'
import type { Meter } from '../../src/domain/ledger/meter'
import { checkedColumnsDown, checkedColumnsUp } from '../../src/platform/database/schema/checked-columns'
import { rateAfterRollDown, rateAfterRollUp } from '../../src/platform/database/schema/rate-after-roll'
import { inTransaction } from '../../src/platform/database/sql'
import { type Person, success, World } from './world'

/** The first new instance migrates while old ones serve: their connections met the columns with other types. */
describe('a hub that runs while the types of the columns change', () => {
  let world: World
  let meter: Meter
  let person: Person
  let client: PoolClient
  beforeAll(async () => {
    world = await World.open()
    meter = world.meter()
    person = await world.subscriber({ tokens: 100_000 })
    client = await world.pool.connect()
  })
  afterAll(async () => {
    client.release()
    await world.close()
  })

  const change = (statements: readonly string[]) =>
    inTransaction(world.pool, async (sql) => {
      for (const statement of [...rateAfterRollDown, ...statements, ...rateAfterRollUp])
        await sql.query(statement)
    })
  const serves = async () => {
    const call = world.call(person, { tokens: 100 })
    expect(await meter.admit(call)).toMatchObject({ admitted: true })
    await meter.settle(success(person, call.usageId))
    await client.query('begin')
    const gone = client.query('delete from subscriptions where user_id = $1', [person.userId])
    await gone.finally(() => client.query('rollback'))
  }

  test.each([
    ['up', checkedColumnsUp],
    ['down', checkedColumnsDown],
  ])('admits, settles and deletes as before: %s', async (way, statements) => {
    if (way === 'up') await change(checkedColumnsDown)
    // The second time with all connections open: opening one makes the others forget their plans.
    await serves()
    await serves()
    await change(statements)
    await serves()
    if (way === 'down') await change(checkedColumnsUp)
    expect(await world.balance(person)).toMatchObject({ held: 0, flying: 0 })
  })
})
