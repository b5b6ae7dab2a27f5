import { type PastCall, replayPace, tally } from '../../domain/billing/replay'
import type { Sql } from '../../platform/database/sql'
import { eachPast, type Stretch, withinRows } from './past-calls'
import { addUp, type DraftLimits, type StoppedUser } from './stopped-users'

type Question = { planId: string; draft: DraftLimits; current: DraftLimits; since: Date; rows: number }

/**
 * The days on which a subscriber made so many calls that the draft's pace could have stopped them: how many there are,
 * with how many calls, and how many were replayed. `needed` is false if the draft is not slower than the plan.
 */
export type PaceCover = {
  needed: boolean
  days: number
  calls: number
  playedDays: number
  playedCalls: number
}

/** The calls that the pace refuses, by user and call. */
export type RefusedByPace = Map<string, Map<string, PastCall>>

type Found = { stopped: StoppedUser[]; cover: PaceCover; refused: RefusedByPace }

type Day = Stretch & { name: string | null; days: number; allCalls: number }

/** At most this many of the busiest days are listed; further days are only counted. */
const MOST_DAYS = 1_000

/** Users whom the limits of rate or calls at once would have stopped, on as many busiest days as the rows allow. */
export async function stoppedByPace(
  sql: Sql,
  { planId, draft, current, since, rows }: Question,
): Promise<Found> {
  const isSlower = draft.requestsPerMinute < current.requestsPerMinute || draft.burst < current.burst
  const isNarrower = draft.callsAtOnce < current.callsAtOnce
  if (!isSlower && !isNarrower) return { stopped: [], cover: NOT_NEEDED, refused: new Map() }
  const harmless = Math.min(isSlower ? draft.burst : Infinity, isNarrower ? draft.callsAtOnce : Infinity)
  const { rows: days } = await sql.query<Day>(DAYS_OF_USERS, [planId, harmless, since, MOST_DAYS])
  const played = withinRows(days, rows)
  const stopped = new Map<string, StoppedUser>()
  const refused: RefusedByPace = new Map()
  const pace = { rate: isSlower ? draft : null, callsAtOnce: isNarrower ? draft.callsAtOnce : null }
  let playedCalls = 0
  await eachPast(sql, planId, played, (day, calls) => {
    playedCalls += day.calls
    const found = replayPace(
      calls.filter(({ counts }) => counts),
      pace,
    )
    for (const rule of RULES) {
      const own = found.filter(({ by }) => by === rule).map(({ call }) => call)
      const total = tally(own, since)
      if (total) addUp(stopped, { userId: day.userId, name: day.name, by: rule, exact: true, ...total })
    }
    const known = refused.get(day.userId) ?? new Map<string, PastCall>()
    for (const { call } of found) known.set(call.id, call)
    refused.set(day.userId, known)
  })
  const cover = {
    days: days[0]?.days ?? 0,
    calls: days[0]?.allCalls ?? 0,
    playedDays: played.size,
    playedCalls,
  }
  return { stopped: [...stopped.values()], cover: { needed: true, ...cover }, refused }
}

const RULES = ['rate', 'calls at once'] as const
const NOT_NEEDED: PaceCover = { needed: false, days: 0, calls: 0, playedDays: 0, playedCalls: 0 }

/**
 * Days on which a current subscriber of the plan made more calls than $2, the number that the draft's pace never stops.
 */
const DAYS_OF_USERS = `
  select d.user_id as "userId", u.name, d.day::timestamp at time zone 'utc' as from,
    (d.day + 1)::timestamp at time zone 'utc' as until, (d.calls_success + d.calls_failed)::float8 as calls,
    (count(*) over ())::float8 as days, (sum(d.calls_success + d.calls_failed) over ())::float8 as "allCalls"
  from usage_user_days d join subscriptions s on s.user_id = d.user_id and s.plan_id = $1
  left join users u on u.id = d.user_id
  where d.day >= ($3::timestamptz at time zone 'utc')::date and d.calls_success + d.calls_failed > $2
  order by d.calls_success + d.calls_failed desc, d.user_id, d.day limit $4`
