import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { removeDemo, seedDemo } from '../../demo/demo'
import { watchTools } from '../../src/domain/alerts/watch-tools'
import { watchUsage } from '../../src/domain/alerts/watch-usage'
import { checkLedger } from '../../src/domain/usage/ledger-check'
import { demoId, isDemo, isDemoEntry } from '../../src/platform/database/demo-mark'
import { roomOf, tell } from '../alerts/setup'
import { hubDatabase, type TestDatabase } from '../support/database'
import { startTestHub, type TestHub } from '../support/hub'

let database: TestDatabase
let hub: TestHub
const now = new Date()

beforeAll(async () => {
  database = await hubDatabase()
  hub = await startTestHub(database.url)
})
afterAll(async () => {
  await hub?.stop()
  await database?.drop()
})

const one = async <Row extends object>(text: string) => (await database.pool.query<Row>(text)).rows[0] as Row

const fingerprint = () =>
  one<{ print: string }>(
    `select md5(string_agg(u.id::text || u.user_id || u.tokens_used || u.status, ',' order by u.id)) as print
     from usage_logs u where ${isDemo('u.user_id', 'user')}`,
  )

describe('demo data', () => {
  let print: string

  test('is a quarter of use that the ledger check finds no drift in', async () => {
    const size = await seedDemo(database.pool, now)
    expect(size).toMatchObject({ users: 50, tools: 12 })
    expect(size.calls).toBeGreaterThan(10_000)
    expect((await checkLedger(database.pool)).drifts).toEqual([])
    const seen = await one<Record<string, number>>(
      `select count(distinct plan_id)::int as plans, count(distinct tool_id)::int as tools,
         count(*) filter (where status = 'error')::int as errors,
         count(*) filter (where status = 'timeout')::int as timeouts,
         (select count(*)::int from refusals) as refusals,
         (now()::date - min(created_at)::date) as days
       from usage_logs where ${isDemo('user_id', 'user')}`,
    )
    expect(seen).toMatchObject({ plans: 3, tools: 12 })
    expect(Math.min(seen.errors as number, seen.timeouts as number)).toBeGreaterThan(50)
    expect(seen.days).toBeGreaterThan(85)
    expect(seen.refusals).toBeGreaterThan(10)
    print = (await fingerprint()).print
  })

  test('keeps to the limits of the plans and grants, as admission would have', async () => {
    const over = await one<{ periods: number }>(
      `select count(*)::int as periods from subscriptions s join plans p on p.id = s.plan_id
       where s.tokens_used > p.token_limit + hub_extra_tokens(s.extra_tokens, s.extra_until, now())`,
    )
    expect(over.periods).toBe(0)
  })

  test('has something to show on every page of the panel', async () => {
    const seen = await one<Record<string, number>>(
      `with full_at as (
         select tokens_used / (p.token_limit + hub_extra_tokens(s.extra_tokens, s.extra_until, now()))::float8 as share
         from subscriptions s join plans p on p.id = s.plan_id where s.user_id::text like 'de30da7a%'
       )
       select (select count(*) from full_at where share >= 1)::int as full, (select count(*) from full_at where share >= 0.8)::int as nearly,
         (select count(*) from subscriptions where paused_at is not null and paused_reason is not null)::int as paused,
         (select count(*) from refusals where reason = 'paused')::int as "pausedRefusals",
         (select count(*) from refusals where reason = 'spent')::int as "spentRefusals",
         (select count(*) from token_grants g join subscriptions s on s.user_id = g.user_id
            and s.period_start = g.period_start and s.extra_tokens = array[g.tokens] where g.created_at < now())::int as grants,
         (select count(*) from usage_corrections)::int as corrections,
         (select count(*) from _tools_v where latest and version__status = 'draft')::int as drafts,
         (select count(*) from _tools_v where not latest and version__status = 'published'
            and version_metering_mode = 'fixed')::int as earlier,
         (select count(*) from tools where slug like 'demo-%' and _status = 'published')::int as published`,
    )
    expect(seen).toMatchObject({ paused: 1, grants: 1, drafts: 1, earlier: 1, published: 12 })
    for (const [figure, least] of Object.entries({
      full: 2,
      nearly: 8,
      pausedRefusals: 1,
      spentRefusals: 1,
      corrections: 1,
    }))
      expect([figure, (seen[figure] as number) >= least]).toEqual([figure, true])
    const { rows: kinds } = await database.pool.query<{ kind: string }>(
      'select distinct kind from alerts order by 1',
    )
    expect(kinds.map(({ kind }) => kind)).toEqual(['tool-failing', 'usage-100', 'usage-80'])
    const { rows: states } = await database.pool.query<{ state: string }>(
      'select distinct state from alerts order by 1',
    )
    expect(states.map(({ state }) => state)).toEqual(['delivered', 'failed'])
  })

  test('has keys that were last used by the last call with them, and none after they were switched off', async () => {
    const keys = await one<Record<string, number>>(
      `select count(*) filter (where used.at is not null)::int as used,
         count(*) filter (where k.last_used_at is distinct from used.at)::int as wrong,
         count(*) filter (where not k.active)::int as off,
         count(*) filter (where not k.active and used.at > revoked.at)::int as "usedWhenOff",
         count(*) filter (where not k.active and revoked.at is null)::int as untold
       from api_keys k
       left join lateral (select max(created_at) as at from usage_logs where api_key_id = k.id) used on true
       left join lateral (select at from audit_logs where subject_id = k.id::text and action = 'update') revoked on true`,
    )
    expect(keys).toMatchObject({ wrong: 0, usedWhenOff: 0, untold: 0 })
    expect(Math.min(keys.used as number, keys.off as number)).toBeGreaterThan(3)
  })

  test('is told of in the audit log: by whom, of whom, in the order of time', async () => {
    const { rows } = await database.pool.query<{ kind: string; entries: number }>(
      `select subject || ' ' || action as kind, count(*)::int as entries from audit_logs
       where ${isDemoEntry('id')} group by 1`,
    )
    const entries = Object.fromEntries(rows.map((row) => [row.kind, row.entries]))
    expect(entries).toMatchObject({ 'users create': 50, 'subscriptions create': 50, 'tools create': 12 })
    for (const kind of [
      'subscriptions update',
      'usage-logs update',
      'usage-logs export',
      'tools update',
      'users sign-in',
      'users sign-in-failed',
      'api-keys create',
    ])
      expect([kind, (entries[kind] ?? 0) > 0]).toEqual([kind, true])
    const wrong = await one<{ entries: number }>(
      `select count(*)::int as entries from audit_logs where ${isDemoEntry('id')} and (at > now()
         or hub_uuid_time(id) <> at or (actor_email is not null and actor_email not like '%@demo.invalid'))`,
    )
    expect(wrong.entries).toBe(0)
  })

  // Whoever looks at made-up alerts must not get mails about them, nor may their program be called.
  test('tells nobody of its alerts: neither of those that it made nor of those that are raised of it', async () => {
    const world = { pool: database.pool, one: one as never }
    await tell(world, ['ops@hub.test'], 'http://127.0.0.1:9/hook')
    await database.pool.query(
      `update alert_watch set looked_until = now() - interval '40 days', looked_deep_at = now()`,
    )
    const mails = () => one<{ n: number }>('select count(*)::int as n from mail_outbox').then(({ n }) => n)
    const alerts = () => one<{ n: number }>('select count(*)::int as n from alerts').then(({ n }) => n)
    const before = [await mails(), await alerts()]
    await watch()
    expect([await mails(), await alerts()]).toEqual(before)
    // As if the demo had not known of them: they are shown, and that is all.
    const gone = await database.pool.query(`delete from alerts where kind <> 'tool-failing'`)
    await database.pool.query(`update alert_watch set looked_until = now() - interval '40 days'`)
    await watch()
    await watchTools(roomOf(world), [{ toolId: demoId('tool', 1), upstream: null }])
    const raised = await database.pool.query(`select from alerts where state = 'nobody'`)
    expect(raised.rowCount).toBeGreaterThan(1)
    expect(raised.rowCount).toBeLessThan(gone.rowCount ?? 0)
    expect(await mails()).toBe(before[0])
    const open = await one<{ n: number }>(
      'select count(*)::int as n from alert_deliveries where sent_at is null and given_up_at is null',
    )
    expect(open.n).toBe(0)
    await tell(world, [], null)
  })

  /** The hub looks too; it may be looking right now. */
  async function watch(): Promise<void> {
    while ((await watchUsage(roomOf({ pool: database.pool }))) === null) await sleep(50)
  }

  test('is not made twice, and lets nobody in', async () => {
    await expect(seedDemo(database.pool, now)).rejects.toMatchObject({ code: 'CONFLICT' })
    const { email } = await one<{ email: string }>(
      `select email from users where ${isDemo('id', 'user')} limit 1`,
    )
    const answer = await fetch(`${hub.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: 'Correct-horse-1' }),
    })
    expect(answer.status).toBe(401)
  })

  test('goes in one step, with everything that was its own, and comes back the same', async () => {
    const before = await one<{ users: number; entries: number }>(
      `select (select count(*)::int from users) as users,
         (select count(*)::int from audit_logs where not ${isDemoEntry('id')}) as entries`,
    )
    await expect(database.pool.query(`update audit_logs set title = 'x'`)).rejects.toThrow('append-only')
    expect(await removeDemo(database.pool, now)).toBe(50)
    const left = await one<Record<string, number>>(
      `select (select count(*)::int from users) as users, (select count(*)::int from usage_logs) as calls,
         (select count(*)::int from usage_by_day) as days, (select count(*)::int from usage_daily) as sums,
         (select count(*)::int from subscription_periods) as periods, (select count(*)::int from api_keys) as keys,
         (select count(*)::int from tools where slug like 'demo-%') as tools,
         (select count(*)::int from tool_names where name like '%(demo)') as names,
         (select count(*)::int from refusals) as refusals,
         (select count(*)::int from usage_corrections) as corrections, (select count(*)::int from alerts) as alerts,
         (select count(*)::int from alert_deliveries) as deliveries, (select count(*)::int from token_grants) as grants,
         (select count(*)::int from _tools_v where version_slug like 'demo-%' or parent_id is null) as versions,
         (select count(*)::int from audit_logs) as entries`,
    )
    expect(left).toEqual({
      users: before.users - 50,
      calls: 0,
      days: 0,
      sums: 0,
      periods: 0,
      keys: 0,
      tools: 0,
      names: 0,
      corrections: 0,
      refusals: 0,
      alerts: 0,
      deliveries: 0,
      grants: 0,
      versions: 0,
      // What really happened stays on record: the attempt to sign in, above.
      entries: before.entries,
    })
    expect((await checkLedger(database.pool)).drifts).toEqual([])
    await seedDemo(database.pool, now)
    expect((await fingerprint()).print).toBe(print)
  })

  test('says what is in its way, and makes nothing then', async () => {
    await removeDemo(database.pool, now)
    const answer = await fetch(`${hub.url}/api/v1/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ada', email: 'ada.alder@demo.invalid', password: 'Correct-horse-1' }),
    })
    expect(answer.status).toBe(201)
    await expect(seedDemo(database.pool, now)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('ada.alder@demo.invalid'),
    })
    const made = await one<{ tools: number; users: number }>(
      `select (select count(*)::int from tools where ${isDemo('id', 'tool')}) as tools,
         (select count(*)::int from users where email like '%@demo.invalid') as users`,
    )
    // Nobody's account is taken for one of the demo's because of its address.
    expect(await removeDemo(database.pool, now)).toBe(0)
    expect(made).toEqual({ tools: 0, users: 1 })
  })
})
