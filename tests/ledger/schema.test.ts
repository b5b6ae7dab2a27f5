import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { hubSchemaDown, hubSchemaUp } from '../../src/platform/database/schema'
import { freshDatabase, type TestDatabase } from '../support/database'
import { baseTables } from './base-tables'

let database: TestDatabase
const run = async (statements: readonly string[]) => {
  for (const statement of statements) await database.pool.query(statement)
}
const one = async (text: string, values: unknown[] = []) =>
  (await database.pool.query(text, values)).rows[0] as Record<string, unknown>

describe("the hub's own schema", () => {
  beforeAll(async () => {
    database = await freshDatabase(4)
    await run(baseTables)
  })
  afterAll(() => database.drop())

  test('goes up, down and up again over existing documents', async () => {
    await database.pool.query(
      `insert into plans (name, title, tier, token_limit) values ('pro', 'Pro', 'pro', 50000)`,
    )
    await run(hubSchemaUp)
    await run(hubSchemaDown)
    const back = await one(
      `select tier, pg_typeof(tier)::text as type, pg_typeof(token_limit)::text as tokens from plans`,
    )
    expect(back).toEqual({ tier: 'pro', type: 'enum_plans_tier', tokens: 'numeric' })
    await run(hubSchemaUp)
    const row = await one(
      `select pg_typeof(tier)::text as type, pg_typeof(token_limit)::text as tokens from plans`,
    )
    expect(row).toEqual({ type: 'hub_tier', tokens: 'bigint' })
    await database.pool.query(`insert into plans (name, title, token_limit) values ('free', 'Free', 1000)`)
    expect(await one(`select tier from plans where name = 'free'`)).toEqual({ tier: 'free' })
  })

  test('counts revisions, keeps names, raises the version of the catalogue', async () => {
    const version = async () => Number((await one('select version from catalogue_version')).version)
    const before = await version()
    const { id } = await one(`insert into tools (name, slug) values ('A', 'a') returning id`)
    await database.pool.query(`update tools set name = 'B' where id = $1`, [id])
    await database.pool.query(`insert into tool_secrets values ($1, 'x', 'k', '', '')`, [id])
    expect(await one('select revision::int as revision from tools where id = $1', [id])).toEqual({
      revision: 3,
    })
    expect(await version()).toBeGreaterThan(before)
    await database.pool.query(`delete from tools where id = $1`, [id])
    expect(await one('select name from tool_names where tool_id = $1', [id])).toEqual({ name: 'B' })
    expect(await one('select count(*)::int as n from tool_secrets')).toEqual({ n: 0 })
  })

  test('ids carry their time; a new month takes its rows out of the default partition', async () => {
    const at = new Date('2031-03-05T06:07:08.123Z')
    const { id, time } = await one('select hub_uuid_at($1) as id, hub_uuid_time(hub_uuid_at($1)) as time', [
      at,
    ])
    expect(time).toEqual(at)
    await database.pool.query(
      `insert into usage_logs (id, user_id, tool_id, tool_name, plan_id, period_start, request_id)
       values ($1, $1, $1, 'x', $1, $2, $1)`,
      [id, at],
    )
    const where = () => one('select tableoid::regclass::text as name from usage_logs where id = $1', [id])
    expect(await where()).toEqual({ name: 'usage_logs_default' })
    await database.pool.query('select hub_make_usage_partitions($1, 3)', [at])
    expect(await where()).toEqual({ name: 'usage_logs_2031_03' })
    expect(await one('select hub_make_usage_partitions($1, 3) as made', [at])).toEqual({ made: 0 })
  })

  test('four instances make the same months at once without an error', async () => {
    const at = new Date('2032-01-05T00:00:00Z')
    const make = () => one('select hub_make_usage_partitions($1, 3) as made', [at])
    const made = await Promise.all([make(), make(), make(), make()])
    expect(made.map((row) => row.made).sort()).toEqual([0, 0, 0, 4])
  })

  test.each([
    'update subscriptions set tokens_used = -1',
    'update subscriptions set tokens_held = tokens_held - 1',
    'update subscriptions set calls_in_flight = -1',
    `update subscriptions set extra_tokens = '{1}'`,
    'update usage_logs set tokens_used = -1',
    'update usage_logs set tokens_held = -1',
    `update usage_logs set status = 'done'`,
    `update usage_logs set source = 'guessed'`,
  ])('what can never be is refused: %s', async (statement) => {
    await database.pool.query(
      `insert into users (name, email) values ('U', 'u@x.test') on conflict do nothing`,
    )
    await database.pool.query(
      `insert into subscriptions (user_id, plan_id, started_at, period_start, period_end)
       select u.id, p.id, now(), now(), now() from users u, plans p limit 1 on conflict do nothing`,
    )
    await expect(database.pool.query(statement)).rejects.toMatchObject({ code: '23514' })
  })
})
