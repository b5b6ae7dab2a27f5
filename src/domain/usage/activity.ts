import type { Sql } from '../../platform/database/sql'
import { percentile } from './histogram'
import { platformDaySpread, platformDays, platformHours, platformUserDays } from './platform-usage'

/** A time span in whole hours or whole UTC days; `until` is the first moment after it. */
export type UsageSpan = { from: Date; until: Date; unit: 'hour' | 'day' }

/** The usage in one hour or day, by tool and plan. */
export type UsageCell = {
  at: Date
  toolId: string
  planId: string
  succeeded: number
  failed: number
  tokens: number
}

/** Calls and tokens of a span by hour or day, tool and plan; always equal to the sums of the rows. */
export async function readCells(sql: Sql, span: UsageSpan): Promise<UsageCell[]> {
  const { rows } = await sql.query<UsageCell>(span.unit === 'hour' ? BY_HOUR : BY_DAY, boundsOf(span))
  return rows
}

/** The 95th percentile of durations (ms) in a span, for each tool and for all; null without a settled call. */
export async function readDurations(
  sql: Sql,
  span: UsageSpan,
): Promise<{ p95Ms: number | null; byTool: Map<string, number | null> }> {
  const text = span.unit === 'hour' ? HOUR_SPREAD : DAY_SPREAD
  const { rows } = await sql.query<{ toolId: string; bucket: number; calls: number }>(text, boundsOf(span))
  const histograms = new Map<string, number[]>()
  const all: number[] = []
  for (const { toolId, bucket, calls } of rows) {
    const histogram = histograms.get(toolId) ?? []
    histograms.set(toolId, histogram)
    histogram[bucket] = (histogram[bucket] ?? 0) + calls
    all[bucket] = (all[bucket] ?? 0) + calls
  }
  const p95 = (histogram: number[]) =>
    percentile(
      Array.from(histogram, (count) => count ?? 0),
      0.95,
    )
  return {
    p95Ms: p95(all),
    byTool: new Map([...histograms].map(([toolId, histogram]) => [toolId, p95(histogram)])),
  }
}

export type TopUser = { id: string; name: string | null; tokens: number; calls: number; failed: number }

/**
 * How many users made calls on the UTC days that a span touches, and who used the most tokens, from the sums per user
 * and day. A deleted user has no name.
 */
export async function readActiveUsers(
  sql: Sql,
  span: UsageSpan,
  most = 6,
): Promise<{ active: number; top: TopUser[] }> {
  const { rows } = await sql.query<TopUser & { active: number }>(USERS, [...boundsOf(span), most])
  return { active: rows[0]?.active ?? 0, top: rows.map(({ active: _, ...user }) => user) }
}

/** The span's bounds; for days, the dates of the first and the last one. */
const boundsOf = ({ from, until }: UsageSpan) => [from, until]

const FIRST_DAY = `($1::timestamptz at time zone 'utc')::date`
const LAST_DAY = `(($2::timestamptz - interval '1 millisecond') at time zone 'utc')::date`
const FROM = '$1::timestamptz'
const UNTIL = '$2::timestamptz'

const CELL = `tool_id as "toolId", plan_id as "planId", sum(calls_success)::float8 as succeeded,
  sum(calls_error + calls_timeout)::float8 as failed, sum(tokens)::float8 as tokens`

const BY_HOUR = `
  with ${platformHours(FROM, UNTIL)}
  select hour as at, ${CELL} from hours group by hour, tool_id, plan_id`

const BY_DAY = `
  with ${platformDays(FIRST_DAY, LAST_DAY)}
  select day::timestamp at time zone 'utc' as at, ${CELL} from days group by day, tool_id, plan_id`

const SPREAD_OF = `select tool_id as "toolId", bucket, sum(calls)::float8 as calls from spread group by tool_id, bucket`
const HOUR_SPREAD = `with ${platformHours(FROM, UNTIL)} ${SPREAD_OF}`
const DAY_SPREAD = `with ${platformDaySpread(FIRST_DAY, LAST_DAY)} ${SPREAD_OF}`

const USERS = `
  with ${platformUserDays(FIRST_DAY, LAST_DAY)}, sums as materialized (
    select user_id, sum(tokens) as tokens, sum(calls_success + calls_failed) as calls, sum(calls_failed) as failed
    from user_days group by user_id
  ), top as (
    select * from sums where calls > 0 order by tokens desc, calls desc, user_id limit $3
  )
  select (select count(*) from sums where calls > 0)::float8 as active, t.user_id as id, u.name,
    t.tokens::float8 as tokens, t.calls::float8 as calls, t.failed::float8 as failed
  from top t left join users u on u.id = t.user_id order by t.tokens desc, t.calls desc, t.user_id`
