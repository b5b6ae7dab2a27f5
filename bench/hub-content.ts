import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { generateApiKey } from '../src/domain/accounts/api-key-format'
import type { Child } from './children'
import { adminToken, askHub } from './hub-process'

const WITHOUT_END = 1_000_000_000_000

/** Limits that nothing in a benchmark reaches; admission checks them as it checks any. */
const PLAN = {
  name: 'bench',
  title: 'Benchmark',
  tier: 'enterprise',
  rank: 90,
  priceCents: 0,
  currency: 'USD',
  tokenLimit: WITHOUT_END,
  requestsPerMinute: 60_000_000,
  burst: 1_000_000,
  callsAtOnce: 100_000,
  selfService: true,
  features: [],
}

const INPUT_SCHEMA = {
  type: 'object',
  properties: { text: { type: 'string', maxLength: 10_000 } },
  required: ['text'],
  additionalProperties: false,
}

/** What is sent in every invocation, to the hub and to the bare proxy. */
export const INVOCATION = { input: { text: 'The quick brown fox jumps over the lazy dog.' } }

/** The tools of the benchmark by how many milliseconds they take: at once, 50 ms, 2 s. */
export const TOOL_TIMES = [0, 50, 2_000] as const
export type ToolTime = (typeof TOOL_TIMES)[number]

/** Adds the benchmark's plan and tools by the API, and users with a key each by SQL; answers the keys. */
export async function fillHub(hub: Child, pool: Pool, toolUrl: string, users: number): Promise<string[]> {
  const token = await adminToken(hub)
  await askHub(hub, 'POST', '/api/plans', { token, body: PLAN })
  for (const time of TOOL_TIMES)
    await askHub(hub, 'POST', '/api/v1/admin/tools', {
      token,
      body: {
        name: `Takes ${time} ms`,
        slug: `takes-${time}`,
        description: 'For the benchmark.',
        api_endpoint: `${toolUrl}/${time}`,
        input_schema: INPUT_SCHEMA,
        metering: { mode: 'reported', path: 'usage.total_tokens' },
      },
    })
  return addUsers(pool, users, PLAN.name)
}

/** A key for each user that a query names; answers the keys. */
export async function addKeys(pool: Pool, users: string): Promise<string[]> {
  const { rows } = await pool.query<Record<string, string>>(users)
  const owners = rows.map((row) => Object.values(row)[0])
  const keys = owners.map(() => ({ id: uuidv7(), ...generateApiKey() }))
  await pool.query(
    `insert into api_keys (id, name, user_id, key_prefix, key_hash, active)
     select id, 'bench', owner, prefix, hash, true
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) as made(id, owner, prefix, hash)`,
    [keys.map(({ id }) => id), owners, keys.map(({ prefix }) => prefix), keys.map(({ hash }) => hash)],
  )
  return keys.map(({ key }) => key)
}

/** Users with a key and a subscription each; answers the keys. */
export async function addUsers(pool: Pool, count: number, plan: string): Promise<string[]> {
  const keys = Array.from({ length: count }, () => ({ id: uuidv7(), ...generateApiKey() }))
  await pool.query(ADD_USERS, [
    keys.map(({ id }) => id),
    keys.map(({ prefix }) => prefix),
    keys.map(({ hash }) => hash),
    plan,
  ])
  await pool.query('analyze')
  return keys.map(({ key }) => key)
}

/** An id serves its user, key and subscription: they lie in tables of their own. */
const ADD_USERS = `
  with made as materialized (
    select * from unnest($1::uuid[], $2::text[], $3::text[]) as made(id, prefix, hash)
  ), users as (
    insert into users (id, name, email) select id, 'Benchmark', id || '@example.com' from made returning id
  ), keys as (
    insert into api_keys (id, name, user_id, key_prefix, key_hash, active)
    select made.id, 'bench', users.id, prefix, hash, true from made join users using (id)
  )
  insert into subscriptions (id, user_id, plan_id, status, started_at, period_start, period_end)
  select users.id, users.id, p.id, 'active', date_trunc('day', now()), date_trunc('day', now()),
    hub_period_end(date_trunc('day', now()), now())
  from users cross join plans p where p.name = $4`
