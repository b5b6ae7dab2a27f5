import type { Pool } from 'pg'
import { foldUsage, forgetRollUps } from '../src/domain/usage/fold'
import { isDemo } from '../src/platform/database/demo-mark'
import { inTransaction, type Sql } from '../src/platform/database/sql'
import { Problem } from '../src/platform/kernel/problem'
import { demoUse } from './calls'
import { type DemoPlan, demoPeople } from './people'
import { seededRandom } from './random'
import { REMOVE_DEMO } from './remove-sql'
import { giveRoles } from './roles'
import { DAY_MS, DEMO_DAYS } from './time'
import { DEMO_TOOLS } from './tools'
import { writeCalls, writeRefusals, writeTools } from './write'
import { writePeople } from './write-people'
import { writeStory } from './write-story'
import { writeSums } from './write-sums'

export type DemoSize = { users: number; tools: number; calls: number }

/**
 * Fills the hub with three months of made-up usage before `now`: the same for the same seed, plans and moment. The
 * ledger check finds no drift in it. Throws CONFLICT, and makes nothing, if demo data exists already, plans are
 * missing, or a user's address or a tool's name that the demo needs is taken.
 */
export async function seedDemo(pool: Pool, now: Date, seed = 1): Promise<DemoSize> {
  const random = seededRandom(seed)
  const since = new Date(now.getTime() - (DEMO_DAYS + 1) * DAY_MS)
  const size = await inTransaction(pool, async (sql) => {
    const plans = await demoPlans(sql)
    const people = demoPeople(plans, now, random)
    giveRoles(people, plans, now)
    const use = people.map((person) => demoUse(person, now, random))
    const calls = use.flatMap((one) => one.calls)
    const refusals = use.flatMap((one) => one.refusals)
    await sql.query(`select hub_make_usage_partitions($1, 5)`, [since])
    await writeTools(sql, since)
    const sessions = await writePeople(sql, people, now, random)
    await writeCalls(sql, calls)
    await writeRefusals(sql, refusals, now)
    const corrections = await writeSums(sql, people, now)
    await writeStory(sql, { people, sessions, calls, corrections, since, now }, random)
    await forgetRollUps(sql, since)
    return { users: people.length, tools: DEMO_TOOLS.length, calls: calls.length }
  }).catch((error) => {
    throw placeTaken(error) ?? error
  })
  await foldUsage(pool, now)
  return size
}

/** Removes all demo data, and what its users and tools left since. Returns the number of removed users. */
export async function removeDemo(pool: Pool, now: Date | null = null): Promise<number> {
  const gone = await inTransaction(pool, async (sql) => {
    const oldest = await sql.query<{ at: Date | null }>(
      `select min(day)::timestamp at time zone 'utc' as at from usage_daily where ${isDemo('user_id', 'user')}`,
    )
    // The fold's lock comes first: no fold may read data that is half removed.
    await forgetRollUps(sql, oldest.rows[0]?.at ?? now ?? new Date())
    const users = await sql.query(`select from users where ${isDemo('id', 'user')}`)
    for (const statement of REMOVE_DEMO) await sql.query(statement)
    return users.rowCount ?? 0
  })
  await foldUsage(pool, now)
  return gone
}

/** The lowest plan of each tier. */
async function demoPlans(sql: Sql): Promise<DemoPlan[]> {
  const known = await sql.query(`select from users where ${isDemo('id', 'user')} limit 1`)
  if (known.rowCount) throw new Problem('CONFLICT', 'There is demo data already. Remove it first: --remove')
  const { rows } = await sql.query<DemoPlan>(
    `select distinct on (plans.tier) id, tier::text as tier, title, token_limit::float8 as "tokenLimit"
     from plans order by plans.tier, rank`,
  )
  if (rows.length < 3)
    throw new Problem('CONFLICT', 'A plan of each tier is required: free, pro and enterprise')
  return rows
}

const UNIQUE_VIOLATION = '23505'

/** Real data may already use a name of the demo: anybody can register an address at `demo.invalid`. */
function placeTaken(error: unknown): Problem | null {
  const { code, table, detail } = error as { code?: unknown; table?: string; detail?: string }
  if (code !== UNIQUE_VIOLATION) return null
  return new Problem('CONFLICT', `The demo needs what is taken, in ${table}: ${detail} Nothing was made.`)
}
