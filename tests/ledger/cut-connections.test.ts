import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Meter } from '../../src/domain/ledger/meter'
import { sweep } from '../../src/domain/ledger/sweep'
import { ledgerCheck } from '../../src/domain/usage/ledger-check'
import { untilWaitedFor } from '../support/locks'
import { type Person, success, World } from './world'

let world: World
beforeAll(async () => {
  world = await World.open()
})
afterAll(() => world.close())

const CUT = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`

/** Where none of them was under way as its connection was cut: some wait for the balances, and then are. */
async function cutWhileWaiting(): Promise<void> {
  const holder = await world.pool.connect()
  holder.on('error', () => undefined)
  await holder.query('begin; select from subscriptions for no key update')
  await untilWaitedFor(world.pool, holder)
  await world.pool.query(CUT)
  holder.release(true)
}

/** Whether a statement whose connection broke was committed is unknown: it must count neither twice nor never. */
test('connections that break under load: every settlement arrives once, no hold stays', async () => {
  const meters = [world.meter(), world.meter()] as const
  const people = await Promise.all(Array.from({ length: 8 }, () => world.subscriber({ tokens: 1_000_000 })))
  let [running, settled, failed] = [true, 0, 0]
  const caller = async (index: number) => {
    const meter = meters[index % 2] as Meter
    for (let turn = index; running; turn += 1) {
      const person = people[turn % people.length] as Person
      const call = world.call(person, { tokens: 100, deadlineMs: 1000 })
      const answer = await meter.admit(call).catch(() => null)
      if (answer?.admitted) {
        await meter.settle(success(person, call.usageId, 7))
        settled += 1
      } else failed += 1
    }
  }
  const callers = Array.from({ length: 24 }, (_, index) => caller(index))
  for (let cut = 0; cut < 15; cut += 1) {
    await new Promise((resolve) => setTimeout(resolve, 60 + ((cut * 37) % 80)))
    await world.pool.query(CUT)
  }
  while (failed === 0) await cutWhileWaiting()
  running = false
  await Promise.all(callers)
  await Promise.all(meters.map((meter) => meter.drain()))
  await sweep(world.pool, meters[0].settle, new Date(Date.now() + 60_000))
  const sums = await world.one(
    `select sum(tokens_used)::int as used, sum(tokens_held)::int as held, sum(calls_in_flight)::int as flying
     from subscriptions`,
  )
  expect(sums).toEqual({ used: settled * 7, held: 0, flying: 0 })
  expect(await ledgerCheck(world.pool)).toEqual([])
})
