import type { Sql } from '../../platform/database/sql'
import { SUBSCRIPTION_AT_SQL } from './subscription-at-sql'

/** A subscription as it is at a moment, with its plan and its pending plan. Token counts are whole numbers. */
export type SubscriptionRow = {
  id: string
  userId: string
  status: 'active' | 'cancelled' | 'expired'
  startedAt: Date
  periodStart: Date
  periodEnd: Date
  tokensUsed: number
  tokensHeld: number
  /** The tokens that grants add to the limit at `at`. */
  extraTokens: number
  pausedAt: Date | null
  plan: PlanOfRow
  pendingPlan: PlanOfRow | null
  /** The moment: `now`, or the time of the database's clock. */
  at: Date
  /** The stored row is from a period that ended before that moment. */
  rolls: boolean
}

export type PlanOfRow = { id: string; name: string; rank: number; tokenLimit: number }

/** A subscription as the API shows it; times are ISO 8601. */
export type ApiSubscription = {
  id: string
  plan: string
  status: 'active' | 'cancelled' | 'expired'
  token_limit: number
  tokens_used: number
  tokens_held: number
  tokens_remaining: number
  period_start: string
  expires_at: string
  pending_plan: string | null
  cancel_at_period_end: boolean
}

/** Reads one user's subscription as it is at `now`; null if none exists. */
export async function readSubscription(
  sql: Sql,
  userId: string,
  now: Date | null,
): Promise<SubscriptionRow | null> {
  const found = await sql.query<{ row: StoredJson }>(READ_SUBSCRIPTION, [userId, now])
  const row = found.rows[0]?.row
  if (!row) return null
  const [startedAt, periodStart, periodEnd, at] = [row.startedAt, row.periodStart, row.periodEnd, row.at].map(
    (ms) => new Date(ms),
  ) as [Date, Date, Date, Date]
  const pausedAt = row.pausedAt === null ? null : new Date(row.pausedAt)
  return { ...row, startedAt, periodStart, periodEnd, at, pausedAt }
}

type StoredJson = Omit<SubscriptionRow, 'startedAt' | 'periodStart' | 'periodEnd' | 'at' | 'pausedAt'> & {
  startedAt: number
  periodStart: number
  periodEnd: number
  at: number
  pausedAt: number | null
}

const milliseconds = (time: string) => `floor(extract(epoch from ${time}) * 1000)::bigint`
const planJson = (plan: string) =>
  `json_build_object('id', ${plan}.id, 'name', ${plan}.name, 'rank', ${plan}.rank, 'tokenLimit', ${plan}.token_limit)`

const READ_SUBSCRIPTION = `
  with clock as materialized (select coalesce($2::timestamptz, clock_timestamp()) as at)
  select json_build_object('id', s.id, 'userId', s.user_id,
    'status', case when current.expired then 'expired' else s.status::text end, 'rolls', current.rolls,
    'startedAt', ${milliseconds('s.started_at')}, 'periodStart', ${milliseconds('current.start_now')},
    'periodEnd', ${milliseconds('current.end_now')}, 'tokensUsed', current.used, 'tokensHeld', current.held,
    'extraTokens', current.extra, 'pausedAt', ${milliseconds('s.paused_at')}, 'at', ${milliseconds('clock.at')},
    'plan', ${planJson('p')}, 'pendingPlan', case when pp.id is not null then ${planJson('pp')} end) as row
  from clock cross join subscriptions s cross join ${SUBSCRIPTION_AT_SQL('s', 'clock.at')}
  join plans p on p.id = current.plan_now
  left join plans pp on pp.id = s.pending_plan_id and not current.rolls
  where s.user_id = $1`

/** Converts a subscription to the shape of the API. */
export function toApiSubscription(now: SubscriptionRow): ApiSubscription {
  const tokenLimit = limitOf(now)
  return {
    id: now.id,
    plan: now.plan.name,
    status: now.status,
    token_limit: tokenLimit,
    tokens_used: now.tokensUsed,
    tokens_held: now.tokensHeld,
    tokens_remaining: Math.max(0, tokenLimit - now.tokensUsed - now.tokensHeld),
    period_start: now.periodStart.toISOString(),
    expires_at: now.periodEnd.toISOString(),
    pending_plan: now.pendingPlan?.name ?? null,
    cancel_at_period_end: now.status === 'cancelled',
  }
}

/** The token limit of the row's period: the plan's tokens and the extra tokens from an admin. */
export const limitOf = (row: SubscriptionRow): number => row.plan.tokenLimit + row.extraTokens
