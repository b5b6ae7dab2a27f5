import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { removeDemo, seedDemo } from '../../src/demo/demo'
import { isDemo } from '../../src/demo/mark'
import { checkLedger } from '../../src/metering/ledger-check'
import { freshDatabase, type TestDatabase } from '../support/database'
import { startTestHub, type TestHub } from '../support/hub'

let database: TestDatabase
let hub: TestHub
const now = new Date()

beforeAll(async () => {
  database = await freshDatabase()
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

  test('keeps to the limits of the plans, as admission would have', async () => {
    const over = await one<{ periods: number }>(
      `select count(*)::int as periods from subscriptions s join plans p on p.id = s.plan_id
       where s.tokens_used > p.token_limit`,
    )
    expect(over.periods).toBe(0)
  })

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
    const before = await one<{ users: number }>(`select count(*)::int as users from users`)
    expect(await removeDemo(database.pool, now)).toBe(50)
    const left = await one<Record<string, number>>(
      `select (select count(*)::int from users) as users, (select count(*)::int from usage_logs) as calls,
         (select count(*)::int from usage_by_day) as days, (select count(*)::int from usage_daily) as sums,
         (select count(*)::int from subscription_periods) as periods, (select count(*)::int from api_keys) as keys,
         (select count(*)::int from tools where slug like 'demo-%') as tools,
         (select count(*)::int from tool_names where name like '%(demo)') as names,
         (select count(*)::int from refusals) as refusals,
         (select count(*)::int from usage_corrections) as corrections`,
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
    })
    expect((await checkLedger(database.pool)).drifts).toEqual([])
    await seedDemo(database.pool, now)
    expect((await fingerprint()).print).toBe(print)
  })
})
