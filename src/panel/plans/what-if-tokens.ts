import {
  type PastCall,
  type PastFlight,
  type PastGrant,
  replayTokens,
  tally,
} from '../../domain/billing/replay'
import type { Sql } from '../../platform/database/sql'
import { grouped } from '../../platform/kernel/grouped'
import { eachPast, type Stretch, withinRows } from './past-calls'
import { addUp, type StoppedUser } from './stopped-users'
import type { RefusedByPace } from './what-if-pace'

type Question = {
  planId: string
  tokenLimit: number
  since: Date
  now: Date
  rows: number
  /** The calls that the pace refuses; admission checks the pace before the tokens. */
  pace: Promise<{ refused: RefusedByPace }>
}

/** The periods that used more than the draft allows: how many there are, and how many were replayed call by call. */
export type TokenCover = { periods: number; played: number }

/** A period above the draft, and an estimate from its days of what would have been stopped. */
type Period = Stretch & {
  name: string | null
  firstDay: Date | null
  stoppedCalls: number
  stoppedTokens: number
}

/**
 * Users whom the token limit would have stopped. One statement on counters and daily sums finds all of them; its
 * estimate is right to within one call a period. As many periods as the rows allow are replayed call by call instead.
 * Calls that the pace already refuses are counted there, and use no tokens here.
 */
export async function stoppedByTokens(
  sql: Sql,
  { planId, tokenLimit, since, now, rows, pace }: Question,
): Promise<{ stopped: StoppedUser[]; cover: TokenCover }> {
  const { rows: periods } = await sql.query<Period>(PERIODS, [planId, tokenLimit, since, now])
  const played = withinRows(periods, rows)
  const stopped = new Map<string, StoppedUser>()
  const grants = await grantsOf(sql, [...played])
  const past: Array<[Period, PastFlight[]]> = []
  await eachPast(sql, planId, played, (period, calls) => past.push([period, calls]))
  const { refused } = await pace
  for (const period of periods)
    if (!played.has(period)) addUp(stopped, reckoned(period, refused.get(period.userId)))
  for (const [period, calls] of past) {
    const before = refused.get(period.userId)
    const own = grants.get(keyOf(period)) ?? []
    const found = tally(
      replayTokens(calls, own, tokenLimit, ({ id }) => before?.has(id) ?? false),
      since,
    )
    if (found) addUp(stopped, { ...person(period), ...found, exact: true })
  }
  return { stopped: [...stopped.values()], cover: { periods: periods.length, played: played.size } }
}

const person = ({ userId, name }: Period) => ({ userId, name, by: 'tokens' as const })

/** The estimate from the sums of days, less the calls that the pace refuses in the period. */
function reckoned(period: Period, refused = new Map<string, PastCall>()): StoppedUser | null {
  const { firstDay, from, until, stoppedCalls, stoppedTokens } = period
  const before = [...refused.values()].filter(({ at }) => at >= from && at < until)
  const tokens = Math.max(0, stoppedTokens - before.reduce((sum, call) => sum + call.tokens, 0))
  if (!firstDay || tokens === 0) return null
  const calls = Math.ceil((stoppedCalls * tokens) / stoppedTokens)
  return { ...person(period), firstAt: firstDay, calls, tokens, exact: false }
}

const keyOf = ({ userId, from }: { userId: string; from: Date }) => `${userId} ${from.getTime()}`

async function grantsOf(sql: Sql, periods: Period[]): Promise<Map<string, PastGrant[]>> {
  const asked = [periods.map(({ userId }) => userId), periods.map(({ from }) => from)]
  const { rows } = await sql.query<{ userId: string; period: Date } & PastGrant>(GRANTS, asked)
  return grouped(rows, ({ userId, period }) => keyOf({ userId, from: period }))
}

/**
 * Recent periods of the plan that used more than the draft and their grants allow, the highest usage first. `stopped…`:
 * the tokens above the limit since $3, from the sums of their days, and the calls that used those tokens.
 */
const PERIODS = `
  with above as materialized (
    select p.*, $2 + coalesce((
      select sum(g.tokens - g.taken_back) from token_grants g
      where g.user_id = p.user_id and g.period_start = p.period_start
    ), 0) as allowed
    from (
      select user_id, period_start, period_end, tokens_used from subscriptions
      where plan_id = $1 and tokens_used > $2 and period_end > $3 and period_start <= $4
      union all
      select user_id, period_start, period_end, tokens_used from subscription_periods
      where plan_id = $1 and tokens_used > $2 and period_end > $3
    ) p
  ), days as (
    select a.user_id, a.period_start, d.day, min(a.allowed) as allowed, sum(d.tokens) as tokens,
      coalesce(sum(d.tokens) filter (where d.plan_id = $1), 0) as mine,
      sum(d.calls_success) filter (where d.plan_id = $1) as took,
      sum(d.calls_success + d.calls_error + d.calls_timeout) as calls
    from above a join usage_daily d on d.user_id = a.user_id and d.period_start = a.period_start
    where a.tokens_used > a.allowed
    group by a.user_id, a.period_start, d.day
  ), stopped as (
    select *, day >= ($3::timestamptz at time zone 'utc')::date as asked, least(mine, greatest(0, least(tokens,
      sum(tokens) over (partition by user_id, period_start order by day) - allowed))) as above
    from days
  ), summed as (
    select user_id, period_start, sum(calls)::float8 as calls,
      min(day) filter (where above > 0 and asked)::timestamp at time zone 'utc' as "firstDay",
      coalesce(sum(ceil(took * above / nullif(tokens, 0))) filter (where asked), 0)::float8 as "stoppedCalls",
      coalesce(sum(above) filter (where asked), 0)::float8 as "stoppedTokens"
    from stopped group by user_id, period_start
  )
  select a.user_id as "userId", u.name, a.period_start as from, a.period_end as until, coalesce(d.calls, 0) as calls,
    d."firstDay", coalesce(d."stoppedCalls", 0) as "stoppedCalls", coalesce(d."stoppedTokens", 0) as "stoppedTokens"
  from above a left join summed d on d.user_id = a.user_id and d.period_start = a.period_start
  left join users u on u.id = a.user_id
  where a.tokens_used > a.allowed
  order by a.tokens_used desc, a.user_id, a.period_start`

/** Tokens of a grant that were taken back counted until that moment. */
const GRANTS = `
  select g.user_id as "userId", g.period_start as period, e.tokens::float8 as tokens, g.created_at as from, e.until
  from unnest($1::uuid[], $2::timestamptz[]) as p(user_id, period_start)
  join token_grants g on g.user_id = p.user_id and g.period_start = p.period_start
  cross join lateral (values
    (g.tokens - g.taken_back, g.expires_at), (g.taken_back, coalesce(g.taken_at, g.created_at))
  ) e(tokens, until)
  where e.tokens > 0`
