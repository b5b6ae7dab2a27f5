import type { Pool } from 'pg'
import type { CountingTool } from '../instances/counting-tool'
import type { Invocation } from '../instances/invoke'

/** Request ids that reached the tool and stand in no row. */
export async function withoutRow(pool: Pool, tool: CountingTool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select id from unnest($1::uuid[]) as reached(id)
     where not exists (select from usage_logs where request_id::uuid = reached.id)`,
    [tool.requestIds],
  )
  return rows.map(({ id }) => id)
}

/** Answers that callers got and that the ledger does not know as a success of so many tokens. */
export async function notInLedger(pool: Pool, answers: Invocation[]): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select a.id from unnest($1::uuid[], $2::int[]) as a(id, tokens)
     where not exists (select from usage_logs u where u.request_id::uuid = a.id
       and u.status = 'success' and u.tokens_used = a.tokens)`,
    [answers.map(({ request_id }) => request_id), answers.map(({ tokens_used }) => tokens_used)],
  )
  return rows.map(({ id }) => id)
}

/** Of these keys: how many were charged, and which ones more than once. */
export async function chargedKeys(pool: Pool, keys: string[]): Promise<{ charged: number; twice: string[] }> {
  const { rows } = await pool.query<{ key: string; times: number }>(
    `select idempotency_key as key, count(*)::int as times from usage_logs
     where idempotency_key = any ($1) and tokens_used > 0 group by 1`,
    [keys],
  )
  return { charged: rows.length, twice: rows.filter(({ times }) => times > 1).map(({ key }) => key) }
}
