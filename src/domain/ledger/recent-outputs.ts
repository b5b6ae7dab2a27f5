import type { Sql } from '../../platform/database/sql'

/** A tool's last calls with reported token counts, oldest first, for a process that has not seen any of them. */
export async function recentOutputs(
  sql: Sql,
  toolId: string,
): Promise<{ outputTokens: number; reasoningTokens: number; ms: number }[]> {
  const { rows } = await sql.query<{ outputTokens: number; reasoningTokens: number; ms: number }>(RECENT, [
    toolId,
  ])
  return rows
}

/** Uses the index by tool and reads few rows in any case. */
const RECENT = `
  select output_tokens::float8 as "outputTokens", coalesce(reasoning_tokens, 0)::float8 as "reasoningTokens",
    duration_ms as ms
  from (
    select id, output_tokens, reasoning_tokens, duration_ms, source, status from usage_logs
    where tool_id = $1 and id >= hub_uuid_at(now() - interval '7 days') order by id desc limit 200
  ) last
  where source = 'reported' and status = 'success' and output_tokens > 0 and duration_ms > 0
  order by id desc limit 20`
