import type { Sql } from '../../platform/database/sql'
import { perProcess } from '../../platform/kernel/process'

/** With fewer calls than this we cannot predict the next one. */
const LEAST_CALLS = 20
const DAYS = 7

const known = () => perProcess('metering.usual-tokens', () => ({ byTool: new Map<string, number>() }))

/**
 * The 95th percentile of the tokens that this tool's calls used in the last seven days, as this process last read it:
 * at most 9 % above the true figure, and 0 if fewer than 20 calls were measured. Runs no query.
 */
export function usualTokens(toolId: string): number {
  return known().byTool.get(toolId) ?? 0
}

/** Computes every tool's figure again from the folded hours, after each fold; one instance does it for all. */
export async function computeUsualTokens(sql: Sql, now: Date | null = null): Promise<void> {
  await sql.query(COMPUTE, [now])
}

/** Reads the figures into this process; runs each minute. */
export async function readUsualTokens(sql: Sql): Promise<void> {
  const { rows } = await sql.query<{ tool_id: string; tokens: number }>(
    'select tool_id, tokens_p95::float8 as tokens from tool_recent where calls >= $1',
    [LEAST_CALLS],
  )
  known().byTool = new Map(rows.map(({ tool_id, tokens }) => [tool_id, tokens]))
}

const COMPUTE = `
with clock as (
  select coalesce($1::timestamptz, now()) as at
), spread as (
  select h.tool_id, b.at - 1 as bucket, sum(b.calls) as calls
  from clock c
  join usage_hourly h on h.hour >= c.at - interval '${DAYS} days' and h.hour <= c.at
  cross join lateral unnest(h.tokens_spread) with ordinality as b(calls, at)
  where b.calls > 0 group by 1, 2
), counted as (
  select tool_id, bucket, sum(calls) over (partition by tool_id order by bucket) as up_to,
    sum(calls) over (partition by tool_id) as calls
  from spread
), found as (
  select tool_id, min(calls) as calls, floor(power(2, min(bucket) / 8.0) + 1e-6)::bigint as tokens
  from counted where up_to >= ceil(calls * 0.95) group by tool_id
), forgotten as (
  delete from tool_recent where tool_id not in (select tool_id from found)
)
insert into tool_recent as r (tool_id, calls, tokens_p95, updated_at)
select tool_id, calls, tokens, at from found, clock order by tool_id
on conflict (tool_id) do update
  set calls = excluded.calls, tokens_p95 = excluded.tokens_p95, updated_at = excluded.updated_at`
