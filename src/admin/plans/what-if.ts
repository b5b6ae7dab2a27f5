import { type PastCall, type PastGrant, replayRate, replayTokens, type Stopped } from '../../billing/replay'
import type { Sql } from '../../database/sql'
import { Problem } from '../../problem'

export type DraftLimits = { tokenLimit: number; requestsPerMinute: number; burst: number }

export type StoppedUser = Stopped & { userId: string; name: string | null; by: 'tokens' | 'rate' }

export type WhatIf = {
  since: Date
  /** Who would have been stopped, most tokens first; at most 100. */
  stopped: StoppedUser[]
  users: number
  calls: number
  tokens: number
  /** How many periods and days there were to look at, and how many were played again. */
  candidates: number
  replayed: number
}

const DAYS = 30
/** Periods, and days of a user, that are played again: those with most use. */
const MOST_REPLAYED = 60
const MOST_ROWS = 200_000

/**
 * Plays the last 30 days of a plan's calls again against a draft of its limits. Which periods can have reached the
 * draft's tokens is known from their counters, which days its rate from the users' days; only those are read from their
 * rows, by user and time. Calls at once are not played again: how long a call waits depends on the tool.
 */
export async function whatIf(sql: Sql, planId: string, draft: DraftLimits, now: Date): Promise<WhatIf> {
  const since = new Date(now.getTime() - DAYS * 86_400_000)
  const known = await sql.query<DraftLimits>(CURRENT, [planId])
  const current = known.rows[0]
  if (!current) throw new Problem('NOT_FOUND', 'There is no such plan.')
  const isSlower = draft.requestsPerMinute < current.requestsPerMinute || draft.burst < current.burst
  const [periods, days] = await Promise.all([
    sql.query<Candidate>(PERIODS, [planId, draft.tokenLimit, since, now, MOST_REPLAYED]),
    isSlower
      ? sql.query<Candidate>(DAYS_OF_USERS, [planId, draft.burst, since, MOST_REPLAYED])
      : { rows: [] },
  ])
  const byTokens = await replayed(sql, planId, periods.rows, (calls, grants) =>
    replayTokens(calls, grants, draft.tokenLimit, since),
  )
  const byRate = await replayed(sql, planId, days.rows, (calls) =>
    replayRate(
      calls.filter(({ counts }) => counts),
      draft,
      since,
    ),
  )
  const all = [...named(byTokens, 'tokens'), ...named(byRate, 'rate')].sort((a, b) => b.tokens - a.tokens)
  return {
    since,
    stopped: all.slice(0, 100),
    users: new Set(all.map(({ userId }) => userId)).size,
    calls: all.reduce((sum, { calls }) => sum + calls, 0),
    tokens: all.reduce((sum, { tokens }) => sum + tokens, 0),
    candidates: (periods.rows[0]?.candidates ?? 0) + (days.rows[0]?.candidates ?? 0),
    replayed: periods.rows.length + days.rows.length,
  }
}

type Candidate = { userId: string; name: string | null; from: Date; until: Date; candidates: number }
type Found = Stopped & { userId: string; name: string | null }

/** Plays each candidate again; one user's days or periods become one line. */
async function replayed(
  sql: Sql,
  planId: string,
  candidates: Candidate[],
  play: (calls: PastCall[], grants: PastGrant[]) => Stopped | null,
): Promise<Found[]> {
  const found = new Map<string, Found>()
  for (const { userId, name, from, until } of candidates) {
    const [calls, grants] = await Promise.all([
      sql.query<PastCall>(CALLS, [userId, from, until, planId, MOST_ROWS]),
      sql.query<PastGrant>(GRANTS, [userId, from]),
    ])
    const stopped = play(calls.rows, grants.rows)
    if (!stopped) continue
    const known = found.get(userId)
    found.set(userId, {
      userId,
      name,
      firstAt: known && known.firstAt < stopped.firstAt ? known.firstAt : stopped.firstAt,
      calls: (known?.calls ?? 0) + stopped.calls,
      tokens: (known?.tokens ?? 0) + stopped.tokens,
    })
  }
  return [...found.values()]
}

const named = (found: Found[], by: StoppedUser['by']): StoppedUser[] => found.map((one) => ({ ...one, by }))

const CURRENT = `
  select token_limit::float8 as "tokenLimit", requests_per_minute as "requestsPerMinute", burst from plans where id = $1`

/** Periods of the plan in the last days that used more than the draft allows; those that used most first. */
const PERIODS = `
  select p.user_id as "userId", u.name, p.period_start as from, p.period_end as until,
    count(*) over ()::int as candidates
  from (
    select user_id, period_start, period_end, tokens_used from subscriptions
    where plan_id = $1 and tokens_used > $2 and period_end > $3 and period_start <= $4
    union all
    select user_id, period_start, period_end, tokens_used from subscription_periods
    where plan_id = $1 and tokens_used > $2 and period_end > $3
  ) p left join users u on u.id = p.user_id
  order by p.tokens_used desc, p.user_id limit $5`

/** Days on which a subscriber of the plan called more often than the draft's burst; below it no rate refuses. */
const DAYS_OF_USERS = `
  select d.user_id as "userId", u.name, d.day::timestamp at time zone 'utc' as from,
    (d.day + 1)::timestamp at time zone 'utc' as until, count(*) over ()::int as candidates
  from usage_user_days d join subscriptions s on s.user_id = d.user_id and s.plan_id = $1
  left join users u on u.id = d.user_id
  where d.day >= ($3::timestamptz at time zone 'utc')::date and d.calls_success + d.calls_failed > $2
  order by d.calls_success + d.calls_failed desc, d.user_id, d.day limit $4`

const CALLS = `
  select created_at as at, greatest(tokens_used, 0)::float8 as tokens, plan_id = $4 as counts
  from usage_logs where user_id = $1 and status <> 'trial' and id >= hub_uuid_at($2) and id < hub_uuid_at($3) order by id limit $5`

const GRANTS = `
  select (tokens - taken_back)::float8 as tokens, created_at as from, expires_at as until from token_grants
  where user_id = $1 and period_start = $2
  union all
  select taken_back::float8, created_at, taken_at from token_grants
  where user_id = $1 and period_start = $2 and taken_back > 0`
