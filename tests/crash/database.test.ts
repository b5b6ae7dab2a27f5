import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ask } from '../instances/ask'
import { type CountingTool, startCountingTool } from '../instances/counting-tool'
import { invoke } from '../instances/invoke'
import { leftovers, NOTHING, untilSettled } from '../instances/ledger'
import { type Caller, Stage } from '../instances/stage'
import { fairClock } from '../support/fair-time'
import { startTestHub, type TestHub } from '../support/hub'
import { until } from '../support/until'
import { notInLedger, withoutRow } from './books'
import { Load } from './load'
import { type Going, type OwnDatabase, ownDatabase } from './own-database'

/** The database goes away under load, in every way it can, and comes back: the hub waits, and is right again. */
let database: OwnDatabase
let upstream: CountingTool
let hub: TestHub
let tool: string
let caller: Caller
let load: Load

const AWAY_MS = 1_500
const BACK_WITHIN_MS = 2_000
const SETTLED_WITHIN_MS = 2_000

beforeAll(async () => {
  database = await ownDatabase()
  upstream = await startCountingTool()
  hub = await startTestHub(database.url, { LOG_LEVEL: 'warn' })
  const stage = await Stage.open(hub)
  tool = await stage.tool(upstream.url, { maxTokens: 20 })
  caller = await stage.caller(await stage.plan(100_000_000))
  const input = () => ({ wait_ms: Math.floor(Math.random() * 400), tokens: 7 })
  load = new Load({ hubs: () => [hub], tool, callers: [caller], input, keyedEvery: 5 })
}, 120_000)
afterAll(async () => {
  await load?.stop()
  await hub?.stop()
  await upstream?.close()
  await database?.remove()
}, 60_000)

/** Until the hub answers a call again. */
const served = () =>
  until('an answer', async () => {
    const answer = await invoke(hub, tool, caller, { tokens: 7 }).catch(() => null)
    return answer?.status === 200
  })

async function whileAway(): Promise<void> {
  const startedAt = Date.now()
  expect(await ask(hub, 'GET', '/health')).toMatchObject({ status: 200 })
  expect((await fetch(`${hub.url}/ready`)).status).toBe(503)
  for (const path of ['/users/me', '/tools', '/usage/summary']) {
    expect(await ask(hub, 'GET', path, { key: caller.key })).toMatchObject({ status: 503, code: 'NOT_READY' })
  }
  const refused = await invoke(hub, tool, caller, {})
  expect(refused).toMatchObject({ status: 503, code: 'NOT_READY' })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  await sleep(Math.max(0, AWAY_MS - (Date.now() - startedAt)))
}

describe('the database under load', () => {
  test.each<[string, Going]>([
    ['is stopped, and its sessions are ended', 'SIGINT'],
    ['is stopped at once', 'SIGQUIT'],
    ['is killed', 'SIGKILL'],
    ['is killed once more', 'SIGKILL'],
  ])('%s', async (_, how) => {
    load.start(16)
    const before = upstream.requestIds.length
    await until('calls under way', () => upstream.requestIds.length > before + 16)
    await database.stop(how)
    await whileAway()
    const answered = load.answers.length
    await database.start()
    const back = fairClock(hub.process.pid as number)
    await served()
    expect(back()).toBeLessThan(BACK_WITHIN_MS)
    await until('an answer to the load', () => load.answers.length > answered)
    await load.stop()
    expect((await fetch(`${hub.url}/ready`)).status).toBe(200)
    const settled = fairClock(hub.process.pid as number)
    await untilSettled(database.pool)
    expect(settled()).toBeLessThan(SETTLED_WITHIN_MS)
    expect(await leftovers(database.pool)).toEqual(NOTHING)
    expect(await withoutRow(database.pool, upstream)).toEqual([])
    expect(await notInLedger(database.pool, load.answers)).toEqual([])
    expect(hub.process.exitCode).toBeNull()
  })
})
