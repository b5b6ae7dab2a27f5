import { createHash, randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { until } from '../support/until'
import { type Person, success, World } from './world'

const PEOPLE = 3_000
const CALLS = 20

/** Plans are kept as long as a connection lives, also those that were made while a table was empty. */
test('a call reads the few rows that it is about, by plans of the time when the tables were empty', async () => {
  const world = await World.open()
  try {
    const plan = await world.plan()
    const first = await world.subscriber(plan)
    const meter = world.meter()
    const calls = async (people: Person[]) => {
      for (const person of people) {
        const call = world.call(person, { tokens: 1 })
        expect(await meter.admit(call)).toMatchObject({ admitted: true })
        await meter.settle(success(person, call.usageId, 1))
      }
    }
    await calls(Array(6).fill(first))
    const people = await fill(world, plan)
    const before = await readRows(world)
    await calls(people.slice(0, CALLS))
    // A connection tells at its end what it has read: admission's of keys, both of balances.
    await meter.close()
    const read = await until('what was read', async () => {
      const after = await readRows(world)
      const a = Object.fromEntries(
        Object.keys(after).map((table) => [table, ((after[table] ?? 0) - (before[table] ?? 0)) / CALLS]),
      )
      return (a.api_keys ?? 0) >= 1 && (a.subscriptions ?? 0) >= 2 ? a : null
    })
    for (const [table, rows] of Object.entries(read ?? {}))
      expect([table, rows, rows <= 12]).toEqual([table, rows, true])
  } finally {
    await world.close()
  }
})

/** By a connection that has told what it read when this ends. */
async function fill({ pool }: World, planId: string): Promise<Person[]> {
  const people = Array.from({ length: PEOPLE }, () => {
    const userId = randomUUID()
    return { userId, keyHash: createHash('sha256').update(userId).digest('hex') }
  })
  const client = await pool.connect()
  const columns = [people.map(({ userId }) => userId), people.map(({ keyHash }) => keyHash)]
  await client.query(
    `insert into users (id, name, email) select id, 'P', id || '@x.test' from unnest($1::uuid[]) id`,
    [columns[0]],
  )
  await client.query(
    `insert into api_keys (user_id, name, key_prefix, key_hash)
     select u, 'k', 'p', h from unnest($1::uuid[], $2::text[]) as k(u, h)`,
    columns,
  )
  await client.query(
    `insert into subscriptions (user_id, plan_id, started_at, period_start, period_end)
     select u, $2, now(), now(), now() + interval '1 month' from unnest($1::uuid[]) u`,
    [columns[0], planId],
  )
  await client.query('select pg_stat_force_next_flush()')
  await client.query('select 1')
  client.release()
  return people
}

/** Rows read of each table so far, as far as connections have told. */
async function readRows({ pool }: World): Promise<Record<string, number>> {
  const { rows } = await pool.query(
    `select relname as name, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows from pg_stat_user_tables
     where relname in ('users', 'api_keys', 'subscriptions', 'plans', 'tools')`,
  )
  return Object.fromEntries(rows.map((row) => [row.name, Number(row.rows)]))
}
