import { type ApiKeyView, listApiKeys } from '../../domain/accounts/api-keys'
import { listSessions, type SessionView } from '../../domain/accounts/sessions'
import { LOCK_SHOWN } from '../../domain/accounts/sign-in-state'
import { type Grant, listGrants } from '../../domain/billing/grants'
import { readSubscription, type SubscriptionRow } from '../../domain/billing/subscription-row'
import type { UsageCell } from '../../domain/usage/activity'
import type { Sql } from '../../platform/database/sql'

export type UserProfile = {
  id: string
  name: string
  email: string
  role: 'user' | 'admin'
  disabled: boolean
  createdAt: Date
  confirmedAt: Date | null
  failedLogins: number
  lockedUntil: Date | null
  pausedReason: string | null
}

export type LastCall = {
  id: string
  toolName: string
  status: 'pending' | 'success' | 'error' | 'timeout'
  tokens: number
  durationMs: number | null
  errorCode: string | null
  at: Date
}

export type UserData = {
  profile: UserProfile
  subscription: SubscriptionRow | null
  cells: UsageCell[]
  toolNames: Map<string, string>
  calls: LastCall[]
  keys: ApiKeyView[]
  sessions: SessionView[]
  grants: Grant[]
  plans: Array<{ name: string; title: string }>
  /** The latest ended periods, newest first. */
  periods: EndedPeriod[]
}

export type EndedPeriod = { start: Date; end: Date; plan: string | null; used: number; limit: number }

export const CHART_DAYS = 30

/** The data of a user's view: nine statements, each by an index; null for an unknown user. */
export async function loadUser(sql: Sql, userId: string, now: Date): Promise<UserData | null> {
  const since = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS - (CHART_DAYS - 1) * DAY_MS)
  const [profile, subscription, cells, calls, keys, sessions, grants, plans, periods] = await Promise.all([
    sql.query<UserProfile>(PROFILE, [userId]),
    readSubscription(sql, userId, null),
    sql.query<UsageCell & { toolName: string }>(CELLS, [userId, since]),
    sql.query<LastCall>(LAST_CALLS, [userId]),
    listApiKeys(sql, userId),
    listSessions(sql, { userId, sessionId: null }),
    listGrants(sql, userId),
    sql.query<{ name: string; title: string }>('select name, title from plans order by rank, name'),
    sql.query<EndedPeriod>(PERIODS, [userId]),
  ])
  if (!profile.rows[0]) return null
  return {
    profile: profile.rows[0],
    subscription,
    cells: cells.rows,
    toolNames: new Map(cells.rows.map(({ toolId, toolName }) => [toolId, toolName])),
    calls: calls.rows,
    keys,
    sessions,
    grants,
    plans: plans.rows,
    periods: periods.rows,
  }
}

const DAY_MS = 86_400_000

const PROFILE = `
  select u.id, u.name, u.email, u.role::text as role, coalesce(u.disabled, false) as disabled,
    u.created_at as "createdAt", u.email_confirmed_at as "confirmedAt", coalesce(shown.failures, 0) as "failedLogins",
    case when shown.until > now() then shown.until end as "lockedUntil", s.paused_reason as "pausedReason"
  from users u left join credentials on credentials.user_id = u.id left join ${LOCK_SHOWN} on true
    left join subscriptions s on s.user_id = u.id
  where u.id = $1`

const PERIODS = `
  select e.period_start as start, e.period_end as end, p.title as plan, e.tokens_used::float8 as used,
    e.token_limit::float8 as limit
  from subscription_periods e left join plans p on p.id = e.plan_id
  where e.user_id = $1 order by e.period_start desc limit 6`

const CELLS = `
  select d.day::timestamp at time zone 'utc' as at, d.tool_id as "toolId", coalesce(n.name, '') as "toolName",
    d.plan_id as "planId", d.calls_success::float8 as succeeded, (d.calls_error + d.calls_timeout)::float8 as failed,
    d.tokens::float8 as tokens
  from usage_daily d left join tool_names n on n.tool_id = d.tool_id
  where d.user_id = $1 and d.day >= ($2::timestamptz at time zone 'utc')::date`

const LAST_CALLS = `
  select id, tool_name as "toolName", status, tokens_used::float8 as tokens, duration_ms as "durationMs",
    error_code as "errorCode", created_at as at
  from usage_logs where user_id = $1 and status <> 'trial' order by id desc limit 8`
