import type { Sql } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import type { DraftLimits, StoppedUser } from './stopped-users'
import { type PaceCover, stoppedByPace } from './what-if-pace'
import { stoppedByTokens, type TokenCover } from './what-if-tokens'

export type WhatIf = {
  since: Date
  /** The users who would have been stopped, most tokens first; at most `MOST_LINES`. */
  stopped: StoppedUser[]
  /** Totals of all of them, shown or not. */
  users: number
  calls: number
  tokens: number
  lines: number
  /** What was checked: all periods for tokens, and as many of the busy days as were replayed. */
  byTokens: TokenCover
  byPace: PaceCover
}

/** The maximum number of rows read to replay periods and days; it keeps the response within two seconds. */
export type RowBudget = { tokens: number; pace: number }

const DAYS = 30
const MOST_LINES = 5_000
const ROWS: RowBudget = { tokens: 30_000, pace: 40_000 }

/**
 * Replays the last 30 days of a plan's calls with a draft of its limits. Counters find every period that used more than
 * the draft allows; the periods with the highest usage are replayed call by call, the others are estimated from their
 * days. Rate and calls at once need the calls themselves: the busiest days are replayed, and the response says how many
 * of all. A call counts once, for the rule that admission checks first: rate, calls at once, tokens.
 */
export async function whatIf(
  sql: Sql,
  planId: string,
  draft: DraftLimits,
  now: Date,
  rows: RowBudget = ROWS,
): Promise<WhatIf> {
  const since = new Date(now.getTime() - DAYS * 86_400_000)
  const known = await sql.query<DraftLimits>(CURRENT, [planId])
  const current = known.rows[0]
  if (!current) throw new Problem('NOT_FOUND', 'There is no such plan.')
  const pace = stoppedByPace(sql, { planId, draft, current, since, rows: rows.pace })
  const { tokenLimit } = draft
  const [byTokens, byPace] = await Promise.all([
    stoppedByTokens(sql, { planId, tokenLimit, since, now, rows: rows.tokens, pace }),
    pace,
  ])
  const all = [...byTokens.stopped, ...byPace.stopped].sort(
    (a, b) => b.tokens - a.tokens || b.calls - a.calls,
  )
  return {
    since,
    stopped: all.slice(0, MOST_LINES),
    users: new Set(all.map(({ userId }) => userId)).size,
    calls: all.reduce((sum, { calls }) => sum + calls, 0),
    tokens: all.reduce((sum, { tokens }) => sum + tokens, 0),
    lines: all.length,
    byTokens: byTokens.cover,
    byPace: byPace.cover,
  }
}

const CURRENT = `
  select token_limit::float8 as "tokenLimit", requests_per_minute::float8 as "requestsPerMinute", burst::float8 as burst,
    calls_at_once::float8 as "callsAtOnce"
  from plans where id = $1`
