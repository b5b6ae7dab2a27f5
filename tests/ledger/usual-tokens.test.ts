import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { invoke } from '../../src/domain/calls/invoke'
import type { Meter } from '../../src/domain/ledger/meter'
import { makePartitions } from '../../src/domain/ledger/upkeep'
import { estimateTokens } from '../../src/domain/tools/count-tokens'
import { foldUsage } from '../../src/domain/usage/fold'
import { computeUsualTokens, readUsualTokens, usualTokens } from '../../src/domain/usage/usual-tokens'
import { setPerProcess } from '../../src/platform/kernel/process'
import { createLog } from '../../src/platform/log/log'
import { useSettings } from '../tools/fixture'
import { type Person, success, World } from './world'

let world: World
let meter: Meter
let person: Person
const at = (day: number, hour = 10) => new Date(Date.UTC(2026, 0, day, hour))

beforeAll(async () => {
  world = await World.open()
  meter = world.meter()
  setPerProcess('meter', meter)
  useSettings()
  await makePartitions(world.pool, at(1))
  person = await world.subscriber({ tokens: 100_000_000 }, at(1))
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.pool.query('truncate usage_logs, usage_hourly, usage_by_day, tool_recent')
  await world.pool.query(`update usage_folds set folded_until = 'epoch'`)
  await readUsualTokens(world.pool)
})

async function calls(now: Date, tokens: number[], source: 'counted' | 'fixed' = 'counted'): Promise<void> {
  await world.pool.query('update subscriptions set rate_at = null')
  await Promise.all(
    tokens.map(async (used) => {
      const call = world.call(person, { now, tokens: 1 })
      expect(await meter.admit(call)).toMatchObject({ admitted: true })
      await meter.settle({ ...success(person, call.usageId, used, now), source })
    }),
  )
}

async function compute(now: Date): Promise<number> {
  await foldUsage(world.pool, now)
  await computeUsualTokens(world.pool, now)
  await readUsualTokens(world.pool)
  return usualTokens(world.toolId)
}

describe('what a tool usually takes', () => {
  test('is the 95th percentile of its measured calls, at most 9 % above', async () => {
    await calls(at(2), [...Array.from({ length: 95 }, (_, n) => 400 + n), 9_000, 9_000, 9_000, 9_000, 9_000])
    const usual = await compute(at(2, 12))
    expect(usual).toBeGreaterThanOrEqual(494)
    expect(usual).toBeLessThanOrEqual(494 * 1.091)
  })

  test('is not known from few calls, from fixed prices, or from calls of a week ago', async () => {
    await calls(at(2), Array(19).fill(700))
    await calls(at(2), Array(30).fill(900), 'fixed')
    expect(await compute(at(2, 12))).toBe(0)
    await calls(at(2, 13), [700])
    expect(await compute(at(2, 15))).toBeGreaterThanOrEqual(700)
    expect(await compute(at(10, 15))).toBe(0)
  })
})

test('a call holds its counted input and that, or 100 where it is less', async () => {
  const input = { text: 'How many tokens is this?' }
  const counted = estimateTokens(JSON.stringify(input))
  const heldBy = async () => {
    const request = {
      credential: { kind: 'api-key' as const, keyHash: person.keyHash },
      tool: 'echo',
      input,
      requestId: randomUUID(),
      idempotency: undefined,
      bytes: 100,
      isKnown: true,
    }
    await world.pool.query('update subscriptions set rate_at = null')
    await invoke({ pool: world.pool, log: createLog('silent') }, request)
    const row = await world.one<{ held: number }>(
      'select tokens_held::int as held from usage_logs where request_id = $1',
      [request.requestId],
    )
    return row.held
  }
  expect(await heldBy()).toBe(counted + 100)
  await calls(at(2), Array(20).fill(30))
  await compute(at(2, 12))
  expect(await heldBy()).toBe(counted + 100)
  await calls(at(2, 13), Array(60).fill(1024))
  await compute(at(2, 15))
  expect(await heldBy()).toBe(counted + 1024)
})
