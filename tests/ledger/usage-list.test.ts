import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import pg from 'pg'
import { writeTrial } from '../../src/domain/ledger/trial'
import { newUsageId } from '../../src/domain/ledger/usage-id'
import { foldAgainFrom, foldUsage } from '../../src/domain/usage/fold'
import { trialUsersDown, trialUsersUp } from '../../src/platform/database/schema/trial-users'
import { hubDatabase, type TestDatabase } from '../support/database'
import { startTestHub, type TestHub } from '../support/hub'
import { until } from '../support/until'

const ROWS = 200_000
const OF_ONE_USER = 30

type Page = { docs: { id: string; createdAt: string }[]; totalDocs: number; hasNextPage: boolean }

let database: TestDatabase
let hub: TestHub
let token: string
let userId: string

beforeAll(async () => {
  database = await hubDatabase(4)
  hub = await startTestHub(database.url)
  const login = await fetch(`${hub.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(hub.admin),
  })
  token = ((await login.json()) as { data: { access_token: string } }).data.access_token
  const { rows } = await database.pool.query<{ id: string }>('select id from users')
  userId = rows[0]?.id as string
  await makeRows()
}, 120_000)
afterAll(async () => {
  await hub?.stop()
  await database?.drop()
})

/** Calls of the last twenty days, one in 6,667 of them the admin's, the last 50 still under way with the hub, which so sweeps none of them. */
async function makeRows(): Promise<void> {
  // By a connection that ends: one that rests would report seconds later what it read here.
  const pool = new pg.Pool({ connectionString: database.url, max: 1 })
  await pool.query(`select hub_make_usage_partitions(now() - interval '1 month', 4)`)
  await pool.query(
    `insert into usage_logs (id, user_id, tool_id, tool_name, plan_id, period_start, status, tokens_used, request_id,
       created_at, duration_ms, source, instance_id, deadline_at)
     select overlay(hub_uuid_at(at)::text placing lpad(to_hex(n), 12, '0') from 25)::uuid,
       case when n % $3 = 0 then $2::uuid else gen_random_uuid() end, (select min(id::text)::uuid from tools), 'Echo',
       (select min(id::text)::uuid from plans), now() - interval '1 month',
       case when n <= 50 then 'pending' when n % 4 = 0 then 'error' else 'success' end, 5, gen_random_uuid(), at, 12, 'counted',
       (select id from instances limit 1), now() + interval '1 hour'
     from (select n, date_trunc('milliseconds', now() - n * interval '20 days' / $1) as at
           from generate_series(1, $1::int) n) r`,
    [ROWS, userId, Math.floor(ROWS / OF_ONE_USER)],
  )
  await foldAgainFrom(pool, new Date(Date.now() - 25 * 86_400_000))
  await foldUsage(pool)
  await pool.query('vacuum analyze usage_logs')
  await pool.end()
}

const headers = () => ({ authorization: `Bearer ${token}` })

async function list(query: string): Promise<Page> {
  const response = await fetch(`${hub.url}/api/usage-logs${query}`, { headers: headers() })
  expect(response.status).toBe(200)
  return (await response.json()) as Page
}

/**
 * How many rows and index entries of the log were read so far. A connection reports what it read when it ends, and else
 * only seconds later: so all others are ended first, and the hub takes new ones.
 */
async function rowsRead(): Promise<number> {
  await database.pool.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  )
  const { rows } = await database.pool.query<{ read: number }>(
    `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::float8 + (select sum(idx_tup_read)::float8
       from pg_stat_user_indexes where relname like 'usage_logs%') as read
     from pg_stat_user_tables where relname like 'usage_logs%'`,
  )
  await until(
    'the hub serves again',
    async () => (await fetch(`${hub.url}/api/usage-logs?limit=1`, { headers: headers() })).ok,
  )
  return rows[0]?.read ?? 0
}

/** How many rows and entries some work reads, and one request beside it. The hub's timers read too: the least of two. */
async function readBy(work: () => Promise<unknown>): Promise<number> {
  const readings: number[] = []
  for (let time = 0; time < 2; time += 1) {
    const before = await rowsRead()
    await work()
    readings.push((await rowsRead()) - before)
  }
  return Math.min(...readings)
}

describe(`the list of ${ROWS} invocations`, () => {
  test('knows their number without counting them', async () => {
    let page: Page | undefined
    const read = await readBy(async () => {
      page = await list('?limit=10&depth=0')
      await list('/count')
    })
    expect(page).toMatchObject({ totalDocs: ROWS, hasNextPage: true })
    expect(page?.docs).toHaveLength(10)
    const times = page?.docs.map(({ createdAt }) => createdAt) ?? []
    expect(times).toEqual([...times].sort().reverse())
    // The open hours' rows are read, the others not.
    expect(read).toBeLessThan(ROWS / 4)
  })

  test.each(['createdAt', '-createdAt'])('sorted by %s reads a page, not the table', async (sort) => {
    let page: Page | undefined
    const read = await readBy(async () => {
      page = await list(`?limit=10&depth=0&sort=${sort}`)
    })
    const times = page?.docs.map(({ createdAt }) => createdAt) ?? []
    expect(times).toEqual(sort.startsWith('-') ? [...times].sort().reverse() : [...times].sort())
    expect(times).toHaveLength(10)
    expect(read).toBeLessThan(ROWS / 4)
  })

  test('counts what passes a filter up to 10,001', async () => {
    const read = await readBy(async () => {
      expect(await list('?limit=10&depth=0&where[status][equals]=success')).toMatchObject({
        totalDocs: 10_001,
      })
    })
    expect(read).toBeLessThan(ROWS / 4)
    expect(await list('?limit=10&depth=0&where[status][equals]=pending')).toMatchObject({ totalDocs: 50 })
    expect(await list(`?limit=10&depth=0&where[user.email][equals]=${hub.admin.email}`)).toMatchObject({
      totalDocs: OF_ONE_USER,
    })
  })

  test("a user's calls are found by the index", async () => {
    const read = await readBy(async () => {
      const page = await list(`?limit=10&depth=0&where[user][equals]=${userId}`)
      expect(page).toMatchObject({ totalDocs: OF_ONE_USER })
    })
    expect(read).toBeLessThan(ROWS / 4)
  })

  test("a key's calls are found among its owner's", async () => {
    const key = newUsageId()
    await database.pool.query(`insert into api_keys (id, user_id, name) values ($1, $2, 'seldom used')`, [
      key,
      userId,
    ])
    await database.pool.query(
      `update usage_logs set api_key_id = $1 where id in (select id from usage_logs where user_id = $2 order by id limit 3)`,
      [key, userId],
    )
    const read = await readBy(async () => {
      expect(await list(`?limit=10&depth=0&where[apiKey][equals]=${key}`)).toMatchObject({ totalDocs: 3 })
    })
    expect(read).toBeLessThan(ROWS / 4)
    expect(await list(`?limit=10&depth=0&where[apiKey][in]=${key}`)).toMatchObject({ totalDocs: 3 })
    const other = `where[or][0][apiKey][equals]=${key}&where[or][1][status][equals]=pending`
    expect(await list(`?limit=10&depth=0&${other}`)).toMatchObject({ totalDocs: 53 })
    await database.pool.query('delete from api_keys where id = $1', [key])
    expect(await list(`?limit=10&depth=0&where[apiKey][equals]=${key}`)).toMatchObject({ totalDocs: 3 })
  })

  test('calls under way are found among the latest, and older ones where the balances know of more', async () => {
    const flying = (calls: number) =>
      database.pool.query('update subscriptions set calls_in_flight = $1 where user_id = $2', [calls, userId])
    const pending = (status: string) => list(`?limit=10&depth=0&where[status]${status}`)
    await subscribed(userId)
    await flying(0)
    const read = await readBy(async () => {
      expect(await pending('[in]=pending')).toMatchObject({ totalDocs: 50 })
    })
    expect(read).toBeLessThan(ROWS / 4)
    await database.pool.query(
      `update usage_logs set status = 'pending' where id = (select id from usage_logs where user_id = $1 order by id limit 1)`,
      [userId],
    )
    // As many as the latest are, which are of users who are gone: they do not make up for it.
    await flying(50)
    expect(await pending('[equals]=pending')).toMatchObject({ totalDocs: 51 })
  })

  test('trials are found among the calls of those who tried', async () => {
    await writeTrial(database.pool, { ...TRIAL, adminId: newUsageId() })
    await writeTrial(database.pool, { ...TRIAL, adminId: userId })
    const read = await readBy(async () => {
      expect(await list('?limit=10&depth=0&where[status][equals]=trial')).toMatchObject({ totalDocs: 2 })
    })
    expect(read).toBeLessThan(ROWS / 4)
  })

  test('a trial at an instance of an earlier version is found when its admin is none any more', async () => {
    const found = () => list('?limit=10&depth=0&where[status][equals]=trial')
    const { totalDocs } = await found()
    const { rows } = await database.pool.query<{ id: string }>(
      `insert into users (id, name, email, role) values (gen_random_uuid(), 'x', 'x@example.com', 'admin') returning id`,
    )
    const adminId = rows[0]?.id as string
    for (const statement of [...trialUsersDown, ...trialUsersUp]) await database.pool.query(statement)
    // As the earlier version writes it: in the log alone.
    await database.pool.query(
      `insert into usage_logs (id, user_id, tool_id, tool_name, plan_id, period_start, status, request_id, created_at)
       values ($1, $2, $1, 'Echo', $1, now(), 'trial', $1, now())`,
      [newUsageId(), adminId],
    )
    await database.pool.query(`update users set role = 'user' where id = $1`, [adminId])
    expect(await found()).toMatchObject({ totalDocs: totalDocs + 1 })
  })
})

const TRIAL = {
  toolId: newUsageId(),
  toolName: 'Echo',
  planId: null,
  requestId: newUsageId(),
  durationMs: 5,
  source: 'counted',
} as const

const subscribed = (user: string) =>
  database.pool.query(
    `insert into subscriptions (id, user_id, plan_id, status, started_at, period_start, period_end)
     select gen_random_uuid(), $1, (select id from plans limit 1), 'active', now(), now(), now() + interval '1 month'
     where not exists (select from subscriptions where user_id = $1)`,
    [user],
  )
