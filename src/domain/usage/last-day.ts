import type { Sql } from '../../platform/database/sql'
import { grouped } from '../../platform/kernel/grouped'
import { addHistogram, percentile } from './histogram'
import { platformHours } from './platform-usage'

/** Durations in milliseconds, from a histogram: at most 9 % above the true ones; null without a settled call. */
export type Durations = { p50_ms: number | null; p95_ms: number | null; p99_ms: number | null }

export type CallSums = {
  calls_success: number
  calls_error: number
  calls_timeout: number
  calls_pending: number
  tokens_used: number
}

export type LastDay = CallSums &
  Durations & {
    since: string
    until: string
    by_tool: Array<CallSums & Durations & { tool_id: string; tool_name: string }>
    by_hour: Array<CallSums & { hour: string }>
  }

type HourOfTool = CallSums & { hour: Date; tool_id: string; tool_name: string }

/** The last 24 UTC hours, including the current one: calls, tokens and durations, by tool and by hour. */
export async function lastDay(sql: Sql, now: Date | null): Promise<LastDay> {
  const [sums, spread, clock] = await Promise.all([
    sql.query<HourOfTool>(HOURS_OF_TOOLS, [now]),
    sql.query<{ tool_id: string; bucket: number; calls: number }>(SPREAD, [now]),
    sql.query<{ since: Date; until: Date }>(`select ${SINCE} as since, ${NEXT_HOUR} as until`, [now]),
  ])
  const histograms = new Map<string, number[]>()
  for (const { tool_id, bucket, calls } of spread.rows) {
    const histogram = histograms.get(tool_id) ?? []
    histogram[bucket] = (histogram[bucket] ?? 0) + calls
    histograms.set(tool_id, histogram)
  }
  const all: number[] = []
  for (const histogram of histograms.values()) addHistogram(all, histogram)
  const { since, until } = clock.rows[0] as { since: Date; until: Date }
  return {
    since: since.toISOString(),
    until: until.toISOString(),
    ...sum(sums.rows),
    ...durations(all),
    by_tool: [...grouped(sums.rows, (row) => row.tool_id)].map(([id, rows]) => ({
      tool_id: id,
      tool_name: rows[0]?.tool_name ?? '',
      ...sum(rows),
      ...durations(histograms.get(id) ?? []),
    })),
    by_hour: [...grouped(sums.rows, (row) => row.hour.toISOString())].map(([hour, rows]) => ({
      hour,
      ...sum(rows),
    })),
  }
}

function durations(histogram: number[]): Durations {
  const at = (share: number) => percentile(histogram, share)
  return { p50_ms: at(0.5), p95_ms: at(0.95), p99_ms: at(0.99) }
}

function sum(rows: CallSums[]): CallSums {
  const of = (name: keyof CallSums) => rows.reduce((total, row) => total + row[name], 0)
  return {
    calls_success: of('calls_success'),
    calls_error: of('calls_error'),
    calls_timeout: of('calls_timeout'),
    calls_pending: of('calls_pending'),
    tokens_used: of('tokens_used'),
  }
}

const NEXT_HOUR = `date_trunc('hour', coalesce($1::timestamptz, now()), 'UTC') + interval '1 hour'`
const SINCE = `${NEXT_HOUR} - interval '24 hours'`
const RELATIONS = platformHours(`(${SINCE})`, `(${NEXT_HOUR})`)

const HOURS_OF_TOOLS = `
  with ${RELATIONS}
  select h.hour, h.tool_id, coalesce(n.name, '') as tool_name, sum(calls_success)::float8 as calls_success,
    sum(calls_error)::float8 as calls_error, sum(calls_timeout)::float8 as calls_timeout,
    sum(calls_pending)::float8 as calls_pending, sum(tokens)::float8 as tokens_used
  from hours h left join tool_names n on n.tool_id = h.tool_id group by h.hour, h.tool_id, n.name
  order by h.hour, n.name`

const SPREAD = `
  with ${RELATIONS}
  select tool_id, bucket, sum(calls)::float8 as calls from spread group by tool_id, bucket`
