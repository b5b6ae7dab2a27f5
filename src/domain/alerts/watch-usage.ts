import { inTransaction, type Sql } from '../../platform/database/sql'
import { SUBSCRIPTION_AT_SQL } from '../billing/subscription-at-sql'
import { ALERTS_LOCK, type AlertsDeps, type NewAlert } from './alert'
import { raiseAlert, readAudience } from './raise-alert'

/** The most alerts that one run raises; the next run raises the rest. */
const MOST_A_TURN = 200

/**
 * Raises alerts for users who have used 80 or 100 % of their period's tokens, once each per period. It checks only
 * users who made calls since the last look: their rows are together at the end of the usage log. A deep look, every ten
 * minutes, goes back further than the longest call lasts, and so finds calls that took longer than the margin of a
 * usual look. The time of the last look is in the database, so a restart misses nothing. Returns how many were raised;
 * null if another instance is looking.
 */
export async function watchUsage(deps: AlertsDeps, now: Date | null = null): Promise<number | null> {
  return inTransaction(deps.pool, async (sql) => {
    const lock = await sql.query<{ mine: boolean }>(
      `select pg_try_advisory_xact_lock(${ALERTS_LOCK}) as mine`,
    )
    if (!lock.rows[0]?.mine) return null
    const look = (await sql.query<Look>(NEXT_LOOK, [now])).rows[0] as Look
    const found = await sql.query<Crossed>(CROSSED, [look.since, look.at, MOST_A_TURN])
    const audience = found.rows.length > 0 ? await readAudience(sql, deps) : null
    let raised = 0
    for (const row of found.rows)
      if (audience && (await raiseAlert(sql, toAlert(row), audience, now))) raised += 1
    if (found.rows.length < MOST_A_TURN) await noteLook(sql, look)
    return raised
  })
}

type Look = { at: Date; since: Date; deep: boolean }

const NEXT_LOOK = `
  select at, deep, case when deep then looked_deep_at - interval '12 minutes'
    else looked_until - interval '20 seconds' end as since
  from (select coalesce($1::timestamptz, now()) as at) moment, alert_watch,
    lateral (select looked_deep_at <= at - interval '10 minutes' as deep) depth`

async function noteLook(sql: Sql, { at, deep }: Look): Promise<void> {
  await sql.query(
    'update alert_watch set looked_until = $1, looked_deep_at = case when $2 then $1 else looked_deep_at end',
    [at, deep],
  )
}

type Crossed = {
  kind: 'usage-80' | 'usage-100'
  key: string
  user_id: string
  email: string
  plan: string
  used: number
  limit: number
  period_end: Date
}

/** `$1` is a constant for the planner, so that only the partitions of the months since then are read. */
const CROSSED = `
  with callers as materialized (
    select distinct user_id from usage_logs where id >= hub_uuid_at($1::timestamptz)
  ), crossed as (
    select s.user_id, current.start_now, current.end_now, current.used, allowed.tokens as token_limit, p.title as plan,
      case when current.used >= allowed.tokens then 'usage-100' else 'usage-80' end as kind
    from callers join subscriptions s on s.user_id = callers.user_id
      cross join ${SUBSCRIPTION_AT_SQL('s', '$2::timestamptz')}
      join plans p on p.id = current.plan_now,
      lateral (select p.token_limit + current.extra as tokens) allowed
    where current.used::numeric * 100 >= allowed.tokens::numeric * 80 and not current.rolls
      and current.start_now <= $2 and current.end_now > $2
  ), named as (
    select crossed.*, kind || ':' || user_id || ':' || floor(extract(epoch from start_now))::bigint as key from crossed
  )
  select named.kind, named.key, named.user_id, u.email, named.plan, named.used::float8 as used,
    named.token_limit::float8 as limit, named.end_now as period_end
  from named join users u on u.id = named.user_id
  where not exists (select from alerts a where a.key = named.key)
  order by named.user_id limit $3`

function toAlert({ kind, key, user_id, email, plan, used, limit, period_end }: Crossed): NewAlert {
  const share = kind === 'usage-100' ? 'all tokens' : '80 % of the tokens'
  return {
    kind,
    key,
    title: `${email} has used ${share} of the period`,
    data: { user: email, plan, used, limit, periodEnd: period_end.toISOString() },
    user: { id: user_id, email },
  }
}
