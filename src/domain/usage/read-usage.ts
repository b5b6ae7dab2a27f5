import type { Sql } from '../../platform/database/sql'
import { invalidField } from '../../platform/kernel/problem'

/** Days in UTC as `YYYY-MM-DD`, both inclusive; absent means open. */
export type DayRange = { startDate?: string; endDate?: string }

export type UsageQuery = DayRange & { toolId?: string; offset: number; limit: number; cursor?: string }

/** A usage row as the API shows it. */
export type ApiUsageEntry = {
  id: string
  tool_id: string
  tool_name: string
  timestamp: string
  tokens_used: number
  response_status: 'success' | 'error' | 'timeout'
  request_id: string
  duration_ms: number
  source: 'reported' | 'counted' | 'fixed' | 'partial' | 'estimated' | 'unknown' | null
  error_code: string | null
  /** The provider's own token counts for a call of a model. */
  model_tokens: ApiModelTokens | null
}

export type ApiModelTokens = {
  input: number
  cached_input: number
  cache_write_5m: number
  cache_write_1h: number
  output: number
  reasoning: number
}

export type ApiToolUsage = {
  tool_id: string
  tool_name: string
  tokens_used: number
  invocation_count: number
}

type Filter = { text: string; values: unknown[] }

/**
 * A page of a user's settled calls, newest first, with their number and the cursor of the next page (null on the
 * last). The number comes from the roll-up and leaves out months that the retention dropped; the table is never
 * counted. With a `cursor` the offset counts from there. Throws VALIDATION_ERROR for an invalid cursor.
 */
export async function listUsage(
  sql: Sql,
  userId: string,
  query: UsageQuery,
): Promise<{ rows: ApiUsageEntry[]; total: number; nextCursor: string | null }> {
  if (query.cursor !== undefined && !CURSOR.test(query.cursor))
    throw invalidField('cursor', 'is not a valid cursor of this list')
  const [found, total] = await Promise.all([readPage(sql, userId, query), countCalls(sql, userId, query)])
  const rows = found.slice(0, query.limit)
  return { rows, total, nextCursor: found.length > query.limit ? (rows[rows.length - 1]?.id ?? null) : null }
}

const CURSOR = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

async function readPage(sql: Sql, userId: string, query: UsageQuery): Promise<ApiUsageEntry[]> {
  const filter = where([
    ['u.user_id = ?', userId],
    // Days become limits of the id, which contains the time: so only the months in question are read.
    ["u.id >= hub_uuid_at((?::date)::timestamp at time zone 'utc')", query.startDate],
    ["u.id < hub_uuid_at((?::date + 1)::timestamp at time zone 'utc')", query.endDate],
    ['u.tool_id = ?', query.toolId],
    ['u.id < ?', query.cursor],
  ])
  const { rows } = await sql.query<Omit<ApiUsageEntry, 'timestamp'> & { timestamp: Date }>(
    `select u.id, u.tool_id, u.tool_name, u.created_at as timestamp, u.tokens_used::float8 as tokens_used,
       u.status as response_status, u.request_id, coalesce(u.duration_ms, 0) as duration_ms, u.source, u.error_code,
       ${MODEL_TOKENS} as model_tokens
     from usage_logs u where ${filter.text} and u.status not in ('pending', 'trial')
     order by u.id desc offset $${filter.values.length + 1} limit $${filter.values.length + 2}`,
    [...filter.values, query.offset, query.limit + 1],
  )
  return rows.map((row) => ({ ...row, timestamp: row.timestamp.toISOString() }))
}

const MODEL_TOKENS = `case when u.input_tokens is not null then json_build_object('input', u.input_tokens,
         'cached_input', coalesce(u.cached_input_tokens, 0), 'cache_write_5m', coalesce(u.cache_write_5m_tokens, 0),
         'cache_write_1h', coalesce(u.cache_write_1h_tokens, 0), 'output', coalesce(u.output_tokens, 0),
         'reasoning', coalesce(u.reasoning_tokens, 0)) end`

async function countCalls(sql: Sql, userId: string, query: UsageQuery): Promise<number> {
  const filter = ofDays(query, [
    ['d.user_id = ?', userId],
    ['d.tool_id = ?', query.toolId],
  ])
  const { rows } = await sql.query<{ calls: number }>(
    `select coalesce(sum(${CALLS}), 0)::float8 as calls from usage_daily d
     where ${filter.text} and d.day >= (select (rows_since at time zone 'utc')::date from usage_folds)`,
    filter.values,
  )
  return rows[0]?.calls ?? 0
}

/** A user's tokens and calls in a range of days, in total and by tool, most tokens first; from the roll-up. */
export async function summariseUsage(
  sql: Sql,
  userId: string,
  range: DayRange,
): Promise<{ total_tokens: number; total_invocations: number; by_tool: ApiToolUsage[] }> {
  const byTool = await usageByTool(sql, ofDays(range, [['d.user_id = ?', userId]]))
  return {
    total_tokens: byTool.reduce((sum, tool) => sum + tool.tokens_used, 0),
    total_invocations: byTool.reduce((sum, tool) => sum + tool.invocation_count, 0),
    by_tool: byTool,
  }
}

/** Tokens and calls by tool, of the roll-up's rows that match; a deleted tool keeps its last name. */
async function usageByTool(sql: Sql, filter: Filter): Promise<ApiToolUsage[]> {
  const { rows } = await sql.query<ApiToolUsage>(
    `select d.tool_id, coalesce(n.name, '') as tool_name, d.tokens_used, d.invocation_count
     from (select d.tool_id, sum(d.tokens)::float8 as tokens_used, sum(${CALLS})::float8 as invocation_count
           from usage_daily d where ${filter.text} group by d.tool_id) d
     left join tool_names n on n.tool_id = d.tool_id
     order by d.tokens_used desc, n.name`,
    filter.values,
  )
  return rows
}

/** The number of calls of a roll-up row `d`. */
const CALLS = 'd.calls_success + d.calls_error + d.calls_timeout'

/** Conditions on the roll-up `d` for a range of days, and additional ones. */
function ofDays(range: DayRange, others: Array<[string, unknown]> = []): Filter {
  return where([...others, ['d.day >= ?::date', range.startDate], ['d.day <= ?::date', range.endDate]])
}

/** The conditions that have a value, joined by `and`; each `?` becomes a numbered parameter. */
function where(conditions: Array<[string, unknown]>): Filter {
  const used = conditions.filter(([, value]) => value !== undefined)
  const text = used.map(([condition], index) => condition.replace('?', `$${index + 1}`)).join(' and ')
  return { text: text || 'true', values: used.map(([, value]) => value) }
}
