import { z } from 'zod'
import type { Sql } from '../../../platform/database/sql'
import { inFull, inUtc } from '../../../platform/kernel/in-words'
import { SUBSCRIPTION_AT_SQL } from '../../billing/subscription-at-sql'
import { limitOf, readSubscription } from '../../billing/subscription-row'
import type { Effect, Operation } from '../../operation/operation'
import { correctWithin } from '../correct'
import type { ApiCorrection } from '../corrections'

const MOST_TOKENS = 1_000_000_000

const input = z.strictObject({
  tokens: z.number().int().min(0).max(MOST_TOKENS),
  reason: z.string().trim().min(1).max(500),
  /** The same request sent again changes nothing more. */
  requestId: z.uuid(),
})

/**
 * Sets what a settled call is charged (`correctWithin`), and tells what that changes: the figures are read before and after
 * it, in its transaction.
 */
export const correctUsage = {
  name: 'correctUsage',
  access: 'admin',
  input,
  async run(sql, { subjectId: usageId, input: sent, caller: { by, userId: adminId }, now }) {
    const before = await readFigures(sql, usageId)
    const { correction } = await correctWithin(sql, { usageId, adminId, by, now, ...sent })
    const after = await readFigures(sql, usageId)
    return { output: correction, effects: before && after ? effectsOf(before, after) : [] }
  },
} satisfies Operation<typeof input, ApiCorrection>

type Figures = {
  userId: string
  periodStart: Date
  day: string
  charged: number
  ofDay: number | null
  ofPeriod: number | null
  periodEnd: Date | null
  isCurrent: boolean
  left: number | null
}

function effectsOf(before: Figures, after: Figures): Effect[] {
  const change = (what: string, was: number | null, is: number | null): Effect[] =>
    was === null || is === null ? [] : [{ what, before: inFull(was), after: inFull(is) }]
  const until = before.periodEnd ? ` to ${inUtc(before.periodEnd)}` : ''
  const kind = before.isCurrent ? 'current period' : 'ended period'
  const stops = before.left !== null && after.left !== null && before.left > 0 && after.left === 0
  return [
    ...change('This call is charged', before.charged, after.charged),
    ...change(`Used in their ${kind}, ${inUtc(before.periodStart)}${until}`, before.ofPeriod, after.ofPeriod),
    ...change('Left in it', before.left, after.left),
    ...change(`Tokens of this tool on ${before.day} (UTC)`, before.ofDay, after.ofDay),
    ...(stops ? [{ what: 'Their next calls', before: 'pass', after: 'refused: nothing is left' }] : []),
  ]
}

async function readFigures(sql: Sql, usageId: string): Promise<Figures | null> {
  const { rows } = await sql.query<Omit<Figures, 'left'>>(FIGURES, [usageId])
  const row = rows[0]
  if (!row) return null
  const subscription = row.isCurrent ? await readSubscription(sql, row.userId, null) : null
  const left = subscription
    ? Math.max(0, limitOf(subscription) - subscription.tokensUsed - subscription.tokensHeld)
    : null
  return { ...row, left }
}

/** The row, its current or ended period, and the sums of its user, tool, plan and day. */
const FIGURES = `
  select l.user_id as "userId", l.period_start as "periodStart", (hub_uuid_time(l.id) at time zone 'utc')::date::text as day, l.tokens_used::float8 as charged,
    d.tokens::float8 as "ofDay", coalesce(s.tokens_used, p.tokens_used)::float8 as "ofPeriod",
    coalesce(s.period_end, p.period_end) as "periodEnd",
    coalesce(not current.rolls and not current.expired, false) as "isCurrent"
  from usage_logs l
  left join subscriptions s on s.user_id = l.user_id and s.period_start = l.period_start
  left join ${SUBSCRIPTION_AT_SQL('s', 'now()')} on true
  left join subscription_periods p on p.user_id = l.user_id and p.period_start = l.period_start
  left join usage_daily d on d.user_id = l.user_id and d.period_start = l.period_start and d.plan_id = l.plan_id
    and d.tool_id = l.tool_id and d.day = (hub_uuid_time(l.id) at time zone 'utc')::date
  where l.id = $1`
