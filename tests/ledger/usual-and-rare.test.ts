import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import pg from 'pg'
import type { Credential } from '../../src/domain/accounts/credential'
import { rollSubscription } from '../../src/domain/billing/roll'
import { toAdmission } from '../../src/domain/ledger/admission'
import type { AdmissionRow } from '../../src/domain/ledger/admission-row'
import { ADMIT, ADMIT_RARE } from '../../src/domain/ledger/admission-sql'
import type { Admitting } from '../../src/domain/ledger/admission-values'
import type { Admission, Settlement } from '../../src/domain/ledger/call'
import { SETTLE, SETTLE_RARE } from '../../src/domain/ledger/settlement-sql'
import { newUsageId } from '../../src/domain/ledger/usage-id'
import type { Sql } from '../../src/platform/database/sql'
import { type Person, World } from './world'

/**
 * Protects against a short statement that decides differently from the full one. Admission and settlement have one text
 * each; the statement for the usual case leaves clauses of it out. From any state, the usual statement followed by the full
 * one for the calls that it left undecided must give the same answers, and leave the same rows, as the full one alone.
 */
const SEED = Number(process.env.HUB_TEST_SEED ?? 20260131)
const INSTANCE = randomUUID()
const NOW = new Date('2026-01-15T12:30:00Z')
const START = '2026-01-10T00:00:00Z'
const PREVIOUS_START = '2025-12-10T00:00:00Z'
const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000)

let world: World
let person: Person
/** Somebody else in the same batches. */
let mate: Person
let client: pg.Client
beforeAll(async () => {
  world = await World.open()
  person = await world.subscriber({}, new Date(START))
  mate = await world.subscriber({}, new Date(START))
  client = new pg.Client({ connectionString: world.database.url })
  await client.connect()
  await client.query('set plan_cache_mode = force_generic_plan; set enable_seqscan = off')
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
  // Of the last, the end was edited: by its anchor it is still the same period.
  period: fc.constantFrom(
    ...often(8, { start: START, end: at(60_000) }),
    ...often(2, { start: PREVIOUS_START, end: new Date(START) }),
    { start: PREVIOUS_START, end: NOW },
    { start: START, end: NOW },
    { start: START, end: at(-1) },
  ),
  tokens_used: fc.constantFrom(0, 0, 60, 90, 95, 100, 130),
  tokens_held: fc.constantFrom(0, 30, 70),
  calls_in_flight: fc.constantFrom(0, 1, 2, 3),
  rate_at: minutes([-1, 0, 0.5, 1.5, 2.5, 4]),
  paused_at: fc.constantFrom(...often(12, null), at(-5)),
  pending: fc.constantFrom(...often(5, false), true),
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
})
const asked = fc.record({
  by: fc.constantFrom('person' as const, 'person' as const, 'person' as const, 'mate' as const),
  tokens: fc.constantFrom(0, 1, 10, 40, 100, 101, 200),
  least: fc.constantFrom(1, 20),
  mode: fc.constantFrom('exact' as const, 'up-to' as const),
})
const batch = fc.oneof(
  fc.array(asked, { minLength: 1, maxLength: 1 }),
  fc.array(asked, { minLength: 2, maxLength: 4 }),
)

test(`admission (seed ${SEED})`, async () => {
  const seen = new Set<string>()
  const admits = async (before: Balance, beside: Around, batched: Asked[]) => {
    await client.query('begin')
    const revision = await setUp(before, beside)
    const credential = await credentialOf(beside.key)
    const calls = batched.map(({ by, tokens, mode, least }): Admitting => {
      const call = world.call(by === 'mate' ? mate : person, { now: NOW })
      return {
        ...call,
        credential: by === 'person' ? credential : call.credential,
        hold: { tokens, mode, least },
        toolRevision: beside.tool === 'revised' ? revision - 1 : revision,
        instanceId: INSTANCE,
      }
    })
    const full = await tried(() => admitted(calls, true), roll)
    const usual = await tried(() => admitted(calls, false), roll)
    // A change of the plan clears the rate, so with a pending plan it matters which of the two came first.
    const rolledFirst = before.pending ? full : await tried(() => roll().then(() => admitted(calls, false)))
    await client.query('rollback')
    expect(usual).toEqual(full)
    expect(rolledFirst).toEqual(full)
    for (const answer of full.answers) seen.add(answer?.admitted === false ? answer.reason : 'admitted')
  }
  await fc.assert(fc.asyncProperty(balance, around, batch, admits), { numRuns: 600, seed: SEED })
  expect([...seen].sort()).toEqual(
    [
      ...['admitted', 'held', 'no-subscription', 'paused', 'plan-too-low', 'rate-limited', 'spent', 'stale'],
      ...['too-large', 'too-many-at-once', 'unauthorized'],
    ].sort(),
  )
  expect(leftUndecided.admissions).toBeGreaterThan(50)
}, 120_000)

/** Ends a period that is over as billing does it. Admission must leave the same; for refused calls it leaves it undone. */
const roll = () => rollSubscription(client as unknown as Sql, person.userId, NOW)

const leftUndecided = { admissions: 0, settlements: 0 }

/** Admits these calls as the meter does: the full statement first if `isRare`, and always for calls that were left undecided. */
async function admitted(calls: Admitting[], isRare: boolean): Promise<Array<Admission | undefined>> {
  const answers: Array<Admission | undefined> = calls.map(() => undefined)
  let left = calls.map((call, index) => ({ call, index }))
  for (let attempt = isRare ? 1 : 0; left.length > 0; attempt += 1) {
    const sent = left.map(({ call }) => call)
    const { rows } = await client.query<AdmissionRow>(attempt > 0 ? ADMIT_RARE(sent) : ADMIT(sent))
    for (const row of rows) {
      const asked = left[row.ord - 1] as (typeof left)[number]
      if (row.refusal !== 'again') answers[asked.index] = toAdmission(row, asked.call)
    }
    left = left.filter(({ index }) => !answers[index])
    if (attempt === 0) leftUndecided.admissions += left.length
    // The first call of each user is always decided, so the statement is needed once per call at most.
    expect(attempt).toBeLessThanOrEqual(calls.length)
  }
  return answers
}

const row = fc.record({
  status: fc.constantFrom(...often(6, 'pending'), 'success', 'error', 'swept'),
  held: fc.constantFrom(0, 30),
  hour: fc.constantFrom(0, 0, 0, -1),
  key: fc.constantFrom(...often(6, 'none'), 'own', 'given to another call'),
  period: fc.constantFrom(...often(4, 'current'), 'ended', 'gone'),
  owner: fc.constantFrom(...often(6, 'person'), 'mate', 'another'),
  day: fc.boolean(),
  end: fc.record({
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
    errorCode: fc.constantFrom(null, 'TOOL_TIMEOUT', 'ABANDONED', 'a "code", {so} named'),
  }),
})
const isSubscribed = fc.constantFrom(...often(6, true), false)
const rows = fc.array(row, { minLength: 1, maxLength: 3 })

test(`settlement (seed ${SEED})`, async () => {
  let count = 0
  const settles = async (calls: Row[], subscribed: boolean) => {
    await client.query('begin')
    await client.query('update subscriptions set tokens_used = 100, tokens_held = 90, calls_in_flight = 3')
    await addEndedPeriod()
    const settlements: Settlement[] = []
    for (const call of calls) settlements.push(await addRow(call))
    if (!subscribed) await client.query('delete from subscriptions where user_id = $1', [person.userId])
    const full = await tried(() => settled(settlements, true))
    const usual = await tried(() => settled(settlements, false))
    await client.query('rollback')
    expect(usual).toEqual(full)
    count += settlements.length
  }
  await fc.assert(fc.asyncProperty(rows, isSubscribed, settles), { numRuns: 300, seed: SEED })
  expect(leftUndecided.settlements).toBeGreaterThan(50)
  expect(count - leftUndecided.settlements).toBeGreaterThan(50)
}, 120_000)

/** Settles these calls as the meter does; the first statement is the full one where it `isRare`. */
async function settled(calls: Settlement[], isRare: boolean): Promise<void> {
  let left = calls
  for (let attempt = isRare ? 1 : 0; left.length > 0; attempt += 1) {
    const sent = left.map((item) => ({ item, attempt }))
    const { rows } = await client.query<{ id: string }>(attempt > 0 ? SETTLE_RARE(sent) : SETTLE(sent))
    const named = new Set(rows.map(({ id }) => id))
    left = left.filter(({ usageId }) => named.has(usageId) === attempt > 0)
    if (attempt === 0) leftUndecided.settlements += left.length
    expect(attempt).toBeLessThan(4)
  }
}

async function credentialOf(kind: string): Promise<Credential> {
  if (kind === 'unknown') return { kind: 'api-key', keyHash: 'ff' }
  if (!SESSIONS.includes(kind)) return { kind: 'api-key', keyHash: person.keyHash }
  const sessionId = randomUUID()
  await client.query(`insert into sessions (id, user_id, expires_at, revoked_at) values ($1, $2, $3, $4)`, [
    sessionId,
    person.userId,
    kind === 'ended' ? NOW : at(60),
    kind === 'signed out' ? at(-1) : null,
  ])
  return { kind: 'session', sessionId, userId: kind === 'of another' ? mate.userId : person.userId }
}

type Balance = typeof balance extends fc.Arbitrary<infer T> ? T : never
type Around = typeof around extends fc.Arbitrary<infer T> ? T : never
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never

/** The state before a batch; answers the tool's revision. */
async function setUp({ extra, period, pending, ...before }: Balance, beside: Around): Promise<number> {
  const { userId } = person
  const { key, owner, tool, limits } = beside
  await client.query(
    `update plans set token_limit = 100, requests_per_minute = $1, burst = $2, calls_at_once = $3`,
    [...limits],
  )
  const { rows } = await client.query(
    `update tools set is_active = $1, minimum_tier = $2, _status = 'published' where id = $3 returning revision::int`,
    [tool !== 'closed', tool === 'dear' ? 'pro' : 'free', world.toolId],
  )
  await client.query(
    `update subscriptions set (status, tokens_used, tokens_held, calls_in_flight, rate_at, paused_at, started_at,
       period_start, period_end, pending_plan_id, extra_tokens, extra_until) = ($2, $3, $4, $5, $6, $7, $8, $8, $9,
       (select id from plans where $10 and id <> plan_id limit 1), $11, $12) where user_id = $1`,
    [
      userId,
      ...Object.values(before),
      period.start,
      period.end,
      pending,
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

async function addEndedPeriod(): Promise<void> {
  await client.query(
    `insert into subscription_periods (user_id, period_start, period_end, plan_id, token_limit, tokens_used, tokens_held)
     select user_id, $1, $2, plan_id, 100, 100, 90 from subscriptions`,
    [PREVIOUS_START, START],
  )
}

/** A call's row and what stands around it; answers how the call ended. */
async function addRow({ status, held, hour, key, period, owner, day, end }: Row): Promise<Settlement> {
  const usageId = newUsageId(at(hour * 60))
  const { userId } = owner === 'mate' ? mate : person
  const periodStart = { current: START, ended: PREVIOUS_START, gone: '2025-11-10T00:00:00Z' }[period]
  const keyName = key === 'none' ? null : usageId
  const isSwept = status === 'swept'
  await client.query(
    `insert into usage_logs (id, user_id, tool_id, tool_name, plan_id, period_start, status, error_code, tokens_held,
       request_id, idempotency_key, idempotency_hash)
     select $1, $2, $3, 'Echo', plan_id, $4, $5, $6, $7, gen_random_uuid(), $8, '\\xaa' from subscriptions where user_id = $2`,
    [
      usageId,
      userId,
      world.toolId,
      periodStart,
      isSwept ? 'error' : status,
      isSwept ? 'ABANDONED' : null,
      held,
      keyName,
    ],
  )
  if (keyName)
    await client.query(
      `insert into idempotency_keys (user_id, tool_id, key, body_hash, usage_id, created_at, expires_at)
       values ($1, $2, $3, '\\xaa', $4, $5, $6)`,
      [userId, world.toolId, keyName, key === 'own' ? usageId : randomUUID(), NOW, at(60)],
    )
  if (day)
    await client.query(
      `insert into usage_daily (user_id, period_start, plan_id, tool_id, day, calls_success, calls_error, calls_timeout, tokens)
       select user_id, period_start, plan_id, tool_id, '2026-01-15', 1, 2, 3, 400 from usage_logs where id = $1
       on conflict do nothing`,
      [usageId],
    )
  return { usageId, userId: owner === 'another' ? randomUUID() : userId, ...end, now: NOW }
}

/** What was answered, and what is left in every table that the ledger writes, taken back afterwards. */
async function tried<Answers>(run: () => Promise<Answers>, andThen?: () => Promise<unknown>) {
  await client.query('savepoint before')
  const answers = await run()
  await andThen?.()
  const left = (await client.query(LEFT)).rows
  await client.query('rollback to savepoint before')
  return { answers, left }
}

const TABLES = [
  ...['subscription_periods', 'usage_logs', 'usage_daily', 'idempotency_keys', 'usage_hours_due'],
  // When a period ended is of no account, only that it did.
  `(select to_jsonb(s) - 'updated_at' from subscriptions s)`,
]
const LEFT = `select to_jsonb(row) as row from (
  ${TABLES.map((table, index) => `select ${index} as place, to_jsonb(t) as what from ${table} t`).join(' union all ')}
) row order by 1`
