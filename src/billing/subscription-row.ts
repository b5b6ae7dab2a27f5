import type { Sql } from '../database/sql'
import { periodAt } from './period'

/** A subscription as it is stored, joined to its plan and its pending plan. Token counts are whole numbers. */
export type SubscriptionRow = {
  id: string
  userId: string
  status: 'active' | 'cancelled' | 'expired'
  startedAt: Date
  periodStart: Date
  periodEnd: Date
  tokensUsed: number
  tokensHeld: number
  /** By what grants raise the limit at `at`. */
  extraTokens: number
  pausedAt: Date | null
  plan: PlanOfRow
  pendingPlan: PlanOfRow | null
  /** The moment that the row is looked at: `now`, or the database's clock. */
  at: Date
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

/** Reads one user's subscription as stored; null where there is none. */
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
  select json_build_object('id', s.id, 'userId', s.user_id, 'status', s.status,
    'startedAt', ${milliseconds('s.started_at')}, 'periodStart', ${milliseconds('s.period_start')},
    'periodEnd', ${milliseconds('s.period_end')}, 'tokensUsed', s.tokens_used, 'tokensHeld', s.tokens_held,
    'extraTokens', hub_extra_tokens(s.extra_tokens, s.extra_until, coalesce($2::timestamptz, clock_timestamp())),
    'pausedAt', ${milliseconds('s.paused_at')},
    'plan', ${planJson('p')}, 'pendingPlan', case when pp.id is not null then ${planJson('pp')} end,
    'at', ${milliseconds('coalesce($2::timestamptz, clock_timestamp())')}) as row
  from subscriptions s join plans p on p.id = s.plan_id left join plans pp on pp.id = s.pending_plan_id
  where s.user_id = $1`

/**
 * The subscription in its period at `row.at`, by arithmetic: an active one whose period has ended is in a new
 * one, with nothing used, on its pending plan; a cancelled one whose period has ended is expired. Admission
 * does the same in SQL.
 */
export function rolled(row: SubscriptionRow): SubscriptionRow & { rolls: boolean } {
  const over = row.at >= row.periodEnd
  if (over && row.status === 'cancelled') return { ...row, status: 'expired', rolls: false }
  const period = periodAt(row.startedAt, row.at)
  if (!over || row.status !== 'active' || period.start <= row.periodStart) return { ...row, rolls: false }
  const plan = row.pendingPlan ?? row.plan
  const next = {
    periodStart: period.start,
    periodEnd: period.end,
    tokensUsed: 0,
    tokensHeld: 0,
    extraTokens: 0,
  }
  return { ...row, ...next, plan, pendingPlan: null, rolls: true }
}

/** The API's shape of a subscription, as it stands at `row.at`. */
export function toApiSubscription(row: SubscriptionRow): ApiSubscription {
  const now = rolled(row)
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

/** What may be used in the row's period: what the plan allows, and what an admin gave beside it. */
export const limitOf = (row: SubscriptionRow): number => row.plan.tokenLimit + row.extraTokens
