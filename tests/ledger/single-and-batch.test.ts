import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import pg from 'pg'
import type { Credential } from '../../src/accounts/credential'
import { ADMIT_SQL } from '../../src/metering/admission-sql'
import { admissionColumns, admissionValues } from '../../src/metering/admission-values'
import { SETTLE_SQL } from '../../src/metering/settlement-sql'
import { settlementColumns, settlementValues } from '../../src/metering/settlement-values'
import { ADMIT_ONE_FUNCTION, ADMIT_ONE_SQL, rowOfOne } from '../../src/metering/single-admission-sql'
import { SETTLE_ONE_FUNCTION, SETTLE_ONE_SQL } from '../../src/metering/single-settlement-sql'
import { newUsageId } from '../../src/metering/usage-id'
import { type Person, World } from './world'

/**
 * A single call goes by a function of small steps, more than one by a statement. On whatever state, they must give the same
 * answer and leave the same rows: in the usual case, which the function decides in a step of its own, and in all others.
 */
const SEED = Number(process.env.HUB_TEST_SEED ?? 20260131)
const NOW = new Date('2026-01-15T12:30:00Z')
const START = '2026-01-10T00:00:00Z'
const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000)

let world: World
let person: Person
let client: pg.Client
beforeAll(async () => {
  world = await World.open()
  person = await world.subscriber({}, new Date(START))
  client = new pg.Client({ connectionString: world.database.url })
  await client.connect()
  await client.query(ADMIT_ONE_FUNCTION)
  await client.query(SETTLE_ONE_FUNCTION)
})
afterAll(async () => {
  await client.end()
  await world.close()
})

const SESSIONS = ['session', 'ended', 'signed out', 'of another']
const often = <T>(times: number, ...values: T[]): T[] => Array(times).fill(values).flat()

const minutes = (values: number[]) => fc.option(fc.constantFrom(...values).map(at), { nil: null })
const balance = fc.record({
  status: fc.constantFrom(...often(8, 'active'), 'cancelled', 'expired'),
  period_end: fc.constantFrom(...often(8, at(60_000)), at(-1), NOW),
  tokens_used: fc.constantFrom(0, 0, 60, 90, 95, 100, 130),
  tokens_held: fc.constantFrom(0, 30, 70),
  calls_in_flight: fc.constantFrom(0, 1, 2, 3),
  rate_at: minutes([-1, 0, 0.5, 1.5, 2.5, 4]),
  paused_at: fc.constantFrom(...often(12, null), at(-5)),
  extra: fc.oneof(
    fc.constant<Array<[number, Date]>>([]),
    fc.array(fc.tuple(fc.constantFrom<number[]>(5, 50), fc.constantFrom(at(-1), NOW, at(1))), {
      maxLength: 2,
    }),
  ),
})
const around = fc.record({
  key: fc.constantFrom(...often(12, 'live', 'session'), 'off', 'over', 'unknown', ...SESSIONS),
  owner: fc.constantFrom(...often(12, 'there'), 'disabled', 'unsubscribed'),
  tool: fc.constantFrom(...often(12, 'open'), 'closed', 'dear', 'revised'),
  limits: fc.constantFrom(...often(3, [1, 3, 9]), [1, 3, 2], [60, 2, 3], ...often(6, [600, 9, 9])),
  tokens: fc.constantFrom(0, 1, 10, 40, 100, 101, 200),
  least: fc.constantFrom(1, 20),
  mode: fc.constantFrom('exact' as const, 'up-to' as const),
})

test(`admission (seed ${SEED})`, async () => {
  const seen: Record<string, number> = {}
  const admits = async (before: Balance, beside: Around) => {
    await client.query('begin')
    const revision = await setUp(before, beside)
    const call = {
      ...world.call(person, { tokens: beside.tokens, mode: beside.mode, now: NOW }),
      hold: { tokens: beside.tokens, mode: beside.mode, least: beside.least },
      toolRevision: beside.tool === 'revised' ? revision - 1 : revision,
      instanceId: randomUUID(),
    }
    if (beside.key === 'unknown') call.credential = { kind: 'api-key', keyHash: 'ff' }
    if (SESSIONS.includes(beside.key)) call.credential = await session(beside.key)
    const { answer, ...left } = await tried(ADMIT_ONE_SQL, admissionValues(call), call.usageId)
    const batch = await tried(ADMIT_SQL, admissionColumns([call]), call.usageId)
    await client.query('rollback')
    const single = rowOfOne(answer as never)
    expect({ answer: single, ...left }).toMatchObject(batch)
    const what = single.refusal ?? ('rate_next' in single ? 'admitted by the rules' : 'admitted as usual')
    seen[what] = (seen[what] ?? 0) + 1
  }
  await fc.assert(fc.asyncProperty(balance, around, admits), { numRuns: 1_500, seed: SEED })
  expect(Object.keys(seen).sort()).toEqual(
    [
      ...[
        'admitted as usual',
        'admitted by the rules',
        'again',
        'held',
        'no-subscription',
        'paused',
        'plan-too-low',
        'rate-limited',
        'spent',
        'stale',
      ],
      ...['too-large', 'too-many-at-once', 'unauthorized'],
    ].sort(),
  )
}, 120_000)

const row = fc.record({
  status: fc.constantFrom('pending', 'pending', 'pending', 'success', 'error'),
  held: fc.constantFrom(0, 30),
  hour: fc.constantFrom(0, 0, 0, -1),
  hasKey: fc.constantFrom(...often(6, false), true),
  period: fc.constantFrom(START, START, START, '2025-12-10T00:00:00Z'),
  owner: fc.constantFrom('there', 'there', 'there', 'there', 'unsubscribed'),
  day: fc.boolean(),
})
const ending = fc.record({
  status: fc.constantFrom('success' as const, 'error' as const, 'timeout' as const),
  tokens: fc.constantFrom(0, 7.4, 50),
  source: fc.constantFrom('reported' as const, 'partial' as const),
  durationMs: fc.constantFrom(0, 12.6),
  modelTokens: fc.constantFrom(null, {
    inputTokens: 1,
    cachedInputTokens: 2,
    outputTokens: 3,
    reasoningTokens: 4,
  }),
  firstTokenMs: fc.constantFrom(null, 9.5),
  errorCode: fc.constantFrom(null, 'TOOL_TIMEOUT', 'a "code", {so} named'),
})

test(`settlement (seed ${SEED})`, async () => {
  const seen = new Set<boolean>()
  const settles = async (call: Row, end: Ending) => {
    const usageId = newUsageId(at(call.hour * 60))
    await client.query('begin')
    await client.query(
      `update subscriptions set tokens_used = 100, tokens_held = 40, calls_in_flight = 2 where user_id = $1`,
      [person.userId],
    )
    await addRow(usageId, call)
    const settlement = { usageId, userId: person.userId, ...end, now: NOW }
    const single = await tried(SETTLE_ONE_SQL, settlementValues(settlement), usageId)
    const batch = await tried(SETTLE_SQL, settlementColumns([settlement]), usageId)
    await client.query('rollback')
    expect({ ...single, answer: { id: single.answer.id ?? undefined } }).toEqual(batch)
    seen.add(single.answer.id === usageId)
  }
  await fc.assert(fc.asyncProperty(row, ending, settles), { numRuns: 500, seed: SEED })
  expect(seen).toEqual(new Set([true, false]))
}, 120_000)

async function session(kind: string): Promise<Credential> {
  const sessionId = randomUUID()
  await client.query(`insert into sessions (id, user_id, expires_at, revoked_at) values ($1, $2, $3, $4)`, [
    sessionId,
    person.userId,
    kind === 'ended' ? NOW : at(60),
    kind === 'signed out' ? at(-1) : null,
  ])
  return { kind: 'session', sessionId, userId: kind === 'of another' ? randomUUID() : person.userId }
}

type Balance = typeof balance extends fc.Arbitrary<infer T> ? T : never
type Around = typeof around extends fc.Arbitrary<infer T> ? T : never
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never
type Ending = typeof ending extends fc.Arbitrary<infer T> ? T : never

async function setUp({ extra, ...before }: Balance, { key, owner, tool, limits }: Around): Promise<number> {
  const { userId } = person
  await client.query(
    `update plans set token_limit = 100, requests_per_minute = $1, burst = $2, calls_at_once = $3`,
    [...limits],
  )
  const { rows } = await client.query(
    `update tools set is_active = $1, minimum_tier = $2, _status = 'published' where id = $3 returning revision::int`,
    [tool !== 'closed', tool === 'dear' ? 'pro' : 'free', world.toolId],
  )
  await client.query(
    `update subscriptions set (status, period_end, tokens_used, tokens_held, calls_in_flight, rate_at, paused_at,
       extra_tokens, extra_until) = ($2, $3, $4, $5, $6, $7, $8, $9, $10) where user_id = $1`,
    [
      userId,
      ...Object.values(before),
      extra.length > 0 ? extra.map(([tokens]) => tokens) : null,
      extra.length > 0 ? extra.map(([, until]) => until) : null,
    ],
  )
  await client.query(`update api_keys set active = $2, expires_at = $3 where user_id = $1`, [
    userId,
    key !== 'off',
    key === 'over' ? at(-1) : null,
  ])
  await client.query(`update users set disabled = $2 where id = $1`, [userId, owner === 'disabled'])
  if (owner === 'unsubscribed') await client.query(`delete from subscriptions where user_id = $1`, [userId])
  return rows[0].revision
}

async function addRow(usageId: string, { status, held, hasKey, period, owner, day }: Row): Promise<void> {
  const { userId } = person
  await client.query(
    `insert into usage_logs (id, user_id, tool_id, tool_name, plan_id, period_start, status, tokens_held, request_id,
       idempotency_key)
     select $1, $2, $3, 'Echo', plan_id, $4, $5, $6, gen_random_uuid(), $7 from subscriptions where user_id = $2`,
    [usageId, userId, world.toolId, period, status, held, hasKey ? 'a key' : null],
  )
  if (day)
    await client.query(
      `insert into usage_daily (user_id, period_start, plan_id, tool_id, day, calls_success, calls_error, calls_timeout, tokens)
       select user_id, period_start, plan_id, tool_id, '2026-01-15', 1, 2, 3, 4 from usage_logs where id = $1`,
      [usageId],
    )
  if (owner === 'unsubscribed') await client.query(`delete from subscriptions where user_id = $1`, [userId])
}

/** What the statement answers and leaves behind, taken back afterwards. */
async function tried(text: string, values: unknown[], usageId: string) {
  await client.query('savepoint before')
  const answer = (await client.query(text, values)).rows[0] ?? {}
  const rows = async (from: string) => (await client.query(`select to_jsonb(t) as row from ${from} t`)).rows
  const left = {
    balance: await rows('subscriptions'),
    row: (await client.query('select to_jsonb(t) as row from usage_logs t where id = $1', [usageId])).rows,
    days: await rows('usage_daily'),
  }
  await client.query('rollback to savepoint before')
  return { answer: answer as Record<string, unknown>, ...left }
}
