import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type CountingTool, startCountingTool } from '../instances/counting-tool'
import { leftovers, NOTHING } from '../instances/ledger'
import { Stage } from '../instances/stage'
import { hubDatabase, type TestDatabase } from '../support/database'
import { startTestHub, takesConnections } from '../support/hub'
import { until } from '../support/until'
import { notInLedger, withoutRow } from './books'
import { Load } from './load'

const GONE_WITHIN_MS = 10_000

describe('SIGTERM under load', () => {
  let database: TestDatabase
  let upstream: CountingTool
  let load: Load | undefined
  beforeAll(async () => {
    database = await hubDatabase()
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
    const input = () => ({ wait_ms: Math.floor(Math.random() * 500), tokens: 7 })
    load = new Load({ hubs: () => [hub], tool, callers: [caller], input, keyedEvery: 5 })
    load.start(24)
    await until('some answers', () => load && load.answers.length > 24)
    upstream.gate.shut()
    await until('calls that run', () => upstream.running() > 12)
    const startedAt = performance.now()
    const ended = hub.stop()
    // They run on, and nobody new is let in.
    await until('an end of new connections', async () => !(await takesConnections(hub.url)))
    expect(upstream.running()).toBeGreaterThan(12)
    upstream.gate.open()
    expect(await ended).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(GONE_WITHIN_MS)
    await load.stop()
    // Nobody whose call reached the tool was left without its answer.
    expect(load.answers).toHaveLength(upstream.requestIds.length)
    expect(await leftovers(database.pool)).toEqual(NOTHING)
    expect(await withoutRow(database.pool, upstream)).toEqual([])
    expect(await notInLedger(database.pool, load.answers)).toEqual([])
    const instances = await database.pool.query('select id from instances')
    expect(instances.rows).toEqual([])
  })
})

test.each(['SIGTERM', 'the end of its launcher'])(
  'a hub whose output nobody reads any more ends all the same: %s',
  async (cause) => {
    const database = await hubDatabase(2)
    const hub = await startTestHub(database.url)
    try {
      // Without a database the hub ends so fast that its last line is still in memory.
      await database.drop()
      hub.process.stdout?.destroy()
      hub.process.stderr?.destroy()
      const ended = new Promise((resolve) => hub.process.once('exit', resolve))
      if (cause === 'SIGTERM') hub.process.kill('SIGTERM')
      else hub.process.disconnect()
      expect(await Promise.race([ended, sleep(GONE_WITHIN_MS, 'still there')])).toBe(0)
    } finally {
      await hub.kill()
    }
  },
)
