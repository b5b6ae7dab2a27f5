import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type CountingTool, startCountingTool } from '../instances/counting-tool'
import { leftovers, NOTHING } from '../instances/ledger'
import { Stage } from '../instances/stage'
import { freshDatabase, type TestDatabase } from '../support/database'
import { startTestHub } from '../support/hub'
import { notInLedger, withoutRow } from './books'
import { Load } from './load'

const GONE_WITHIN_MS = 10_000

/** Whether somebody new gets through: `fetch` would use a connection that is still open. */
function takesConnections(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('close', () => resolve(false)).once('connect', () => socket.destroy())
  })
}

describe('SIGTERM under load', () => {
  let database: TestDatabase
  let upstream: CountingTool
  let load: Load | undefined
  beforeAll(async () => {
    database = await freshDatabase()
    upstream = await startCountingTool()
  })
  afterAll(async () => {
    await load?.stop()
    await upstream?.close()
    await database?.drop()
  })

  test('what runs is finished and settled, nothing new is taken, and the process ends well', async () => {
    const hub = await startTestHub(database.url)
    const stage = await Stage.open(hub)
    const tool = await stage.tool(upstream.url, { maxTokens: 20 })
    const caller = await stage.caller(await stage.plan(100_000_000))
    const input = () => ({ wait_ms: Math.floor(Math.random() * 1_500), tokens: 7 })
    load = new Load({ hubs: () => [hub], tool, callers: [caller], input, keyedEvery: 5 })
    load.start(24)
    await sleep(1_500)
    const startedAt = Date.now()
    const ended = hub.stop()
    await sleep(100)
    const running = upstream.running()
    expect(await takesConnections(hub.url)).toBe(false)
    expect(await ended).toBe(0)
    expect(Date.now() - startedAt).toBeLessThan(GONE_WITHIN_MS)
    await load.stop()
    expect(running).toBeGreaterThan(0)
    // Nobody whose call reached the tool was left without its answer.
    expect(load.answers).toHaveLength(upstream.requestIds.length)
    expect(await leftovers(database.pool)).toEqual(NOTHING)
    expect(await withoutRow(database.pool, upstream)).toEqual([])
    expect(await notInLedger(database.pool, load.answers)).toEqual([])
    const instances = await database.pool.query('select id from instances')
    expect(instances.rows).toEqual([])
  })
})
