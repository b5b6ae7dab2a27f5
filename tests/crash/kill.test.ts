import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type CountingTool, startCountingTool } from '../instances/counting-tool'
import { leftovers, NOTHING, untilSettled } from '../instances/ledger'
import { Stage } from '../instances/stage'
import { hubDatabase, type TestDatabase } from '../support/database'
import type { TestHub } from '../support/hub'
import { chargedKeys, notInLedger, withoutRow } from './books'
import { Fleet } from './fleet'
import { Load } from './load'

/** What is promised for `kill -9` at any moment: nothing is lost, nothing is charged twice, no hold stays. */
let database: TestDatabase
let upstream: CountingTool
let fleet: Fleet
let load: Load

/** `.ci/long` kills more often. */
const KILLS = Number(process.env.HUB_TEST_KILLS ?? 8)
/** A lease is 15 s old, then the next sweep (every 5 s); some more for a busy machine. */
const SWEPT_WITHIN_MS = 90_000

beforeAll(async () => {
  database = await hubDatabase()
  upstream = await startCountingTool()
  fleet = new Fleet(database.url, 2)
  await fleet.start()
  const stage = await Stage.open(fleet.up[0] as TestHub)
  const tool = await stage.tool(upstream.url, { maxTokens: 20 })
  const plan = await stage.plan(100_000_000)
  const callers = await Promise.all(Array.from({ length: 4 }, () => stage.caller(plan)))
  const input = () => ({ wait_ms: Math.floor(Math.random() ** 2 * 300), tokens: 7 })
  load = new Load({ hubs: () => fleet.up, tool, callers, input, keyedEvery: 4 })
}, 120_000)
afterAll(async () => {
  await load?.stop()
  await fleet?.stop()
  await upstream?.close()
  await database?.drop()
}, 60_000)

async function killAgainAndAgain(): Promise<void> {
  while (fleet.kills < KILLS) {
    await sleep(Math.random() * 600)
    await fleet.killOne()
  }
  await fleet.whole()
}

test(`killed ${KILLS} times under load, the ledger is whole in the end`, async () => {
  load.start(12)
  await killAgainAndAgain()
  await load.stop()
  const reached = upstream.requestIds.length
  await untilSettled(database.pool, SWEPT_WITHIN_MS)
  expect(await leftovers(database.pool)).toEqual(NOTHING)
  // Every request that was not answered is sent once more: its key was freed, or its answer is given again.
  await load.sendAgain()
  expect(load.keyed.filter(({ answered }) => !answered)).toEqual([])
  expect(await leftovers(database.pool)).toEqual(NOTHING)
  const keys = load.keyed.map(({ key }) => key)
  expect(await chargedKeys(database.pool, keys)).toEqual({ charged: keys.length, twice: [] })
  expect(await withoutRow(database.pool, upstream)).toEqual([])
  expect(await notInLedger(database.pool, load.answers)).toEqual([])
  expect(await abandoned()).toBeGreaterThan(0)
  expect(reached).toBeGreaterThan(KILLS)
}, 900_000)

/** Calls that a crash cut off: without any, the test has proven nothing. */
async function abandoned(): Promise<number> {
  const { rows } = await database.pool.query<{ calls: number }>(
    `select count(*)::int as calls from usage_logs where error_code = 'ABANDONED' and tokens_used = 0`,
  )
  return rows[0]?.calls ?? 0
}
