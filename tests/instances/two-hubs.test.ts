import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { keyForTool } from '../../src/domain/calls/idempotency'
import { hubDatabase, type TestDatabase } from '../support/database'
import { startTestHub, type TestHub } from '../support/hub'
import { until } from '../support/until'
import { type CountingTool, startCountingTool } from './counting-tool'
import { type Input, type Invoked, invoke, tally, untilFinal } from './invoke'
import { balanceOf, leftovers, NOTHING } from './ledger'
import { type Caller, Stage } from './stage'

/** Two hubs on one database share nothing but that; together they must be as exact as one. */
let database: TestDatabase
let hubs: [TestHub, TestHub]
let upstream: CountingTool
let stage: Stage

beforeAll(async () => {
  database = await hubDatabase()
  upstream = await startCountingTool()
  hubs = (await Promise.all([startTestHub(database.url), startTestHub(database.url)])) as [TestHub, TestHub]
  stage = await Stage.open(hubs[0])
}, 120_000)
afterAll(async () => {
  await Promise.all((hubs ?? []).map((hub) => hub.stop()))
  await upstream?.close()
  await database?.drop()
})
afterEach(async () => {
  expect(await leftovers(database.pool)).toEqual(NOTHING)
})

const hubOf = (index: number) => hubs[index % 2] as TestHub
/** That many calls at once, every second one over the other hub. */
const spread = (count: number, run: (hub: TestHub, index: number) => Promise<Invoked>) =>
  Promise.all(Array.from({ length: count }, (_, index) => run(hubOf(index), index)))
const spreadUntilFinal = (count: number, tool: string, caller: Caller, input: (index: number) => Input) =>
  spread(count, (hub, index) => untilFinal(() => invoke(hub, tool, caller, input(index))))
const remaining = (answers: Invoked[]) =>
  answers
    .filter(({ code }) => code === 'TOKEN_LIMIT_EXCEEDED')
    .map(({ details }) => Number(details[0]?.token_limit) - Number(details[0]?.tokens_used))

describe('200 calls at once over two hubs', () => {
  test('a fixed price and room for 37: exactly 37 succeed, and none is refused while there is room', async () => {
    const tool = await stage.tool(upstream.url, { fixed: 100 })
    const caller = await stage.caller(await stage.plan(3_750))
    // Every fourth call fails for a while: what it held must come back to those who wait.
    const answers = await spreadUntilFinal(200, tool, caller, (index) => ({
      wait_ms: 40,
      fail: index % 4 === 3 && index < 100,
    }))
    const {
      '200': succeeded,
      TOKEN_LIMIT_EXCEEDED: refused = 0,
      TOOL_BAD_RESPONSE: failed = 0,
    } = tally(answers)
    expect({ succeeded, rest: refused + failed }).toEqual({ succeeded: 37, rest: 163 })
    expect(await balanceOf(database.pool, caller.id)).toEqual({ used: 3_700, held: 0, flying: 0 })
    for (const left of remaining(answers)) expect(left).toBeLessThan(100)
  })

  test('a maximum far above the use: what was refused as held succeeds on retry, until it is spent', async () => {
    const tool = await stage.tool(upstream.url, { maxTokens: 100 })
    const caller = await stage.caller(await stage.plan(1_500))
    let held = 0
    upstream.gate.shut()
    const asking = spread(200, (hub) =>
      untilFinal(async () => {
        const answer = await invoke(hub, tool, caller, { wait_ms: 20, tokens: 10 })
        held += answer.code === 'TOKENS_HELD' ? 1 : 0
        return answer
      }),
    )
    await until('refusals of those who find no room', () => held > 100).finally(upstream.gate.open)
    const answers = await asking
    // The 142nd would hold 100 of the 90 that are left.
    expect(tally(answers)).toEqual({ '200': 141, TOKEN_LIMIT_EXCEEDED: 59 })
    expect(remaining(answers).every((left) => left === 90)).toBe(true)
  })

  test('an estimated hold is cut to what is left: the last token can be spent', async () => {
    const tool = await stage.tool(upstream.url, 'estimated')
    const caller = await stage.caller(await stage.plan(800))
    const answers = await spreadUntilFinal(200, tool, caller, () => ({ wait_ms: 20, tokens: 10 }))
    const succeeded = tally(answers)['200'] ?? 0
    expect(await balanceOf(database.pool, caller.id)).toMatchObject({ used: succeeded * 10 })
    for (const left of remaining(answers)) expect(left).toBeLessThanOrEqual(0)
    expect(succeeded * 10 - 800).toBeLessThanOrEqual(await chargedAboveHold(caller))
  })
})

async function chargedAboveHold(caller: Caller): Promise<number> {
  const { rows } = await database.pool.query<{ above: number }>(
    `select coalesce(sum(greatest(0, tokens_used - tokens_held)), 0)::int as above from usage_logs where user_id = $1`,
    [caller.id],
  )
  return rows[0]?.above ?? 0
}

describe('limits of a plan, over two hubs', () => {
  test('a burst of 7: exactly 7 of 60 pass, the rest learn when to come back', async () => {
    const tool = await stage.tool(upstream.url, { fixed: 1 })
    const caller = await stage.caller(await stage.plan(1_000_000, { requestsPerMinute: 1, burst: 7 }))
    const answers = await spread(60, (hub) => invoke(hub, tool, caller, {}))
    expect(tally(answers)).toEqual({ '200': 7, RATE_LIMITED: 53 })
    for (const { code, headers } of answers)
      if (code) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('5 calls at once: never a sixth with the tool, and all 60 come through', async () => {
    const own = await startCountingTool()
    const tool = await stage.tool(own.url, { fixed: 1 })
    const caller = await stage.caller(await stage.plan(1_000_000, { callsAtOnce: 5 }))
    own.gate.shut()
    const asking = spreadUntilFinal(60, tool, caller, () => ({ wait_ms: 25 }))
    await until('five calls with the tool', () => own.running() === 5).finally(own.gate.open)
    const answers = await asking.finally(own.close)
    expect(tally(answers)).toEqual({ '200': 60 })
    expect(own.peak()).toBe(5)
  })
})

describe('one Idempotency-Key over both hubs', () => {
  const ROUNDS = 15

  test('the tool is called once for each, all get that answer, one charge', async () => {
    const tool = await stage.tool(upstream.url, { fixed: 100 })
    const caller = await stage.caller(await stage.plan(10_000))
    // Many small rounds: two hubs must meet the key in the same instant for it to be hard.
    for (let round = 0; round < ROUNDS; round += 1) {
      const key = `order-${round}-${caller.id}`
      const send = (hub: TestHub) => invoke(hub, tool, caller, { wait_ms: 30 }, { 'idempotency-key': key })
      const answers = await spread(8, (hub) => untilFinal(() => send(hub)))
      expect(tally(answers)).toEqual({ '200': 8 })
      expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1)
      expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true')).toHaveLength(7)
      expect(upstream.keys.get(keyForTool(caller.id, tool, key))).toBe(1)
    }
    expect(await balanceOf(database.pool, caller.id)).toMatchObject({ used: 100 * ROUNDS })
  })

  test('another body is refused by both', async () => {
    const tool = await stage.tool(upstream.url, { fixed: 100 })
    const caller = await stage.caller(await stage.plan(10_000))
    const key = { 'idempotency-key': `order-${caller.id}` }
    expect((await invoke(hubOf(0), tool, caller, {}, key)).status).toBe(200)
    for (const hub of hubs) {
      const other = await invoke(hub, tool, caller, { wait_ms: 1 }, key)
      expect(other).toMatchObject({ status: 422, code: 'IDEMPOTENCY_MISMATCH' })
    }
  })
})
