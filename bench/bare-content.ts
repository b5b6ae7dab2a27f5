import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { bareStatements } from './bare-statements'
import { TOOL_TIMES } from './hub-content'

/** Makes the bare proxy's tables, with the same keys as the hub's users and the same tools (each a hold of 100). */
export async function fillBare(pool: Pool, keys: string[]): Promise<void> {
  const { TABLES } = await bareStatements()
  await pool.query(TABLES)
  await pool.query(`insert into plans values (1, 'bench', 1000000000000)`)
  await pool.query(
    `insert into users (id, email) select n, n || '@example.com' from generate_series(1, $1) n`,
    [keys.length],
  )
  await pool.query(
    `insert into api_keys (id, user_id, hash) select n, n, hash from unnest($1::bytea[]) with ordinality as k(hash, n)`,
    [keys.map((key) => createHash('sha256').update(key).digest())],
  )
  await pool.query(
    `insert into subscriptions (user_id, plan_id, token_limit, expires_at)
     select id, 1, 1000000000000, now() + interval '1 month' from users`,
  )
  for (const [at, time] of TOOL_TIMES.entries())
    await pool.query('insert into tools (id, name, hold) values ($1, $2, 100)', [at + 1, String(time)])
  await pool.query('analyze')
}
