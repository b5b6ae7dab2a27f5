import { decoyHash } from '../accounts/password'
import { FIRST_TOOL_VERSIONS } from '../database/schema/drafts'
import type { Sql } from '../database/sql'
import { KEPT_DAYS } from '../refusals/keep-refusal'
import type { DemoCall } from './calls'
import { demoId } from './mark'
import { DAY_MS, type DemoPerson } from './people'
import type { Random } from './random'
import type { DemoRefusal } from './refusals'
import { DEMO_TOOLS } from './tools'

const ROWS_AT_ONCE = 5_000
const BCRYPT_COST = 12

/** Adds rows to a table; columns that the first one does not name keep their default. */
export async function insert(sql: Sql, table: string, rows: object[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).join(', ')
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const some = JSON.stringify(rows.slice(from, from + ROWS_AT_ONCE))
    await sql.query(
      `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1)`,
      [some],
    )
  }
}

/** Writes the demo's tools. */
export async function writeTools(sql: Sql, since: Date): Promise<void> {
  const rows = DEMO_TOOLS.map((tool) => ({
    id: tool.id,
    name: tool.name,
    slug: tool.slug,
    description: tool.description,
    category: tool.category,
    minimum_tier: tool.minimumTier,
    adapter: 'http',
    endpoint: `https://tools.demo.invalid/${tool.slug}`,
    timeout_ms: tool.timeoutMs,
    retries: 1,
    metering_mode: tool.metering.mode,
    metering_tokens: tool.metering.mode === 'fixed' ? tool.metering.tokens : null,
    is_active: true,
    created_at: since,
    updated_at: since,
  }))
  await insert(sql, 'tools', rows)
  await sql.query(FIRST_TOOL_VERSIONS)
}

/**
 * Writes people, what they sign in with, and their subscriptions. Nobody can sign in as one of them: no password
 * belongs to their hash, and what stands for the hash of a key is none.
 */
export async function writePeople(sql: Sql, people: DemoPerson[], now: Date, random: Random): Promise<void> {
  const stamps = ({ joinedAt }: DemoPerson) => ({ created_at: joinedAt, updated_at: joinedAt })
  const users = people.map((person) => ({
    id: person.id,
    name: person.name,
    email: person.email,
    role: 'user',
    disabled: false,
    email_confirmed_at: new Date(person.joinedAt.getTime() + 600_000),
    ...stamps(person),
  }))
  await insert(sql, 'users', users)
  const credentials = people.map((person, index) => ({
    user_id: person.id,
    password_hash: decoyHash(BCRYPT_COST),
    failed_logins: index % 11 === 2 ? 3 : 0,
    locked_until: index === 7 ? new Date(now.getTime() + 10 * 60_000) : null,
    changed_at: person.joinedAt,
  }))
  await insert(sql, 'credentials', credentials)
  const keys = people.flatMap((person) =>
    person.keys.map((id, index) => ({
      id,
      user_id: person.id,
      name: index === 0 ? 'Production' : 'Notebook',
      key_prefix: `jhub_demo${id.slice(-4)}`,
      key_hash: `none-${id}`,
      active: index === 0 || random.next() < 0.7,
      ...stamps(person),
    })),
  )
  await insert(sql, 'api_keys', keys)
  await writeSessions(sql, people, now, random)
  await writeSubscriptions(sql, people)
}

const BROWSERS = [
  'Mozilla/5.0 (X11; Linux x86_64) Firefox/141.0',
  'Mozilla/5.0 (Macintosh) Safari/605.1',
  'Mozilla/5.0 (Windows NT 10.0) Chrome/139.0',
]

async function writeSessions(sql: Sql, people: DemoPerson[], now: Date, random: Random): Promise<void> {
  const sessions = people.flatMap((person, index) =>
    Array.from({ length: random.between(0, 2) }, (_, nth) => {
      const last = new Date(now.getTime() - random.between(1, 200) * 360_000)
      return {
        id: demoId('session', index * 10 + nth),
        user_id: person.id,
        created_at: new Date(
          Math.max(person.joinedAt.getTime(), last.getTime() - random.between(0, 5) * DAY_MS),
        ),
        last_used_at: last,
        expires_at: new Date(now.getTime() + random.between(1, 25) * DAY_MS),
        address: `198.51.100.${random.between(1, 254)}`,
        user_agent: random.pick(BROWSERS),
      }
    }),
  )
  await insert(sql, 'sessions', sessions)
}

async function writeSubscriptions(sql: Sql, people: DemoPerson[]): Promise<void> {
  const rows = people.map((person, index) => {
    const current = person.periods.at(-1) as DemoPerson['periods'][number]
    return {
      id: demoId('subscription', index),
      user_id: person.id,
      plan_id: current.plan.id,
      pending_plan_id: person.pendingPlan?.id ?? null,
      status: person.status,
      started_at: person.joinedAt,
      period_start: current.start,
      period_end: current.end,
      created_at: person.joinedAt,
      updated_at: person.joinedAt,
    }
  })
  await insert(sql, 'subscriptions', rows)
}

/** Writes the refusals that a hub would still have: it keeps them for 30 days. */
export async function writeRefusals(sql: Sql, refusals: DemoRefusal[], now: Date): Promise<void> {
  const since = new Date(now.getTime() - KEPT_DAYS * DAY_MS).toISOString()
  const kept = refusals.filter(({ at }) => at >= since)
  if (kept.length > 0) await insert(sql, 'refusals', kept)
}

/** Writes the calls. */
export const writeCalls = (sql: Sql, calls: DemoCall[]) => insert(sql, 'usage_logs', calls)
