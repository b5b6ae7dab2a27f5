import type { Sql } from '../../platform/database/sql'
import { invalidField } from '../../platform/kernel/problem'
import { opens, plansThatOpen, type Tier } from '../billing/plans'
import { limitOf, readSubscription } from '../billing/subscription-row'
import type { Hold } from '../ledger/call'
import type { Tool } from '../tools/tool'
import { type FinalRefusal, toProblem } from './refusals'

/** Who the trial acts as: a user with the tokens that they have left, or a plan with all its tokens. */
export type TriedAs = { userId: string } | { plan: string }

/** What admission would decide, without rates: the tokens that it would hold, or why it would refuse. */
export type Verdict = {
  planId: string | null
  plan: string | null
  tokensHeld: number
  refused: { code: string; message: string } | null
}

type Plan = { id: string; name: string; tier: Tier; token_limit: number } & Rates
type Rates = { requests_per_minute: number; burst: number; calls_at_once: number }
type Standing = { used: number; held: number; limit: number; periodEndsAt: Date }

/** Decides as admission would, by its rules and the current figures. Nothing is held, and no rate is counted. */
export async function wouldAdmit(sql: Sql, tool: Tool, hold: Hold, as: TriedAs): Promise<Verdict> {
  if ('plan' in as) {
    const plan = await findPlan(sql, 'name', as.plan)
    if (!plan) throw invalidField('as.plan', 'There is no such plan')
    const all = { used: 0, held: 0, limit: plan.token_limit, periodEndsAt: new Date() }
    return decide(sql, tool, hold, plan, all)
  }
  const { userId } = as
  const known = await sql.query('select from users where id = $1', [userId])
  if (known.rowCount === 0) throw invalidField('as.user_id', 'There is no such user')
  const now = await readSubscription(sql, userId, null)
  const plan = now && (await findPlan(sql, 'id', now.plan.id))
  if (now?.pausedAt) return refusedFor({ admitted: false, reason: 'paused', userId }, plan, hold)
  if (!now || !plan || now.status === 'expired')
    return refusedFor(
      { admitted: false, reason: 'no-subscription', userId, expired: now !== null },
      plan,
      hold,
    )
  const standing = {
    used: now.tokensUsed,
    held: now.tokensHeld,
    limit: limitOf(now),
    periodEndsAt: now.periodEnd,
  }
  return decide(sql, tool, hold, plan, standing)
}

async function decide(sql: Sql, tool: Tool, hold: Hold, plan: Plan, standing: Standing): Promise<Verdict> {
  const { minimumTier } = tool
  const about = { admitted: false as const, userId: '' }
  if (!opens(plan.tier, tool)) {
    const opensWith = await plansThatOpen(sql, minimumTier)
    return refusedFor(
      { ...about, reason: 'plan-too-low', plan: plan.name, minimumTier, opensWith },
      plan,
      hold,
    )
  }
  const { used, held, limit } = standing
  const free = limit - used - held
  const least = hold.mode === 'exact' ? hold.tokens : Math.min(hold.tokens, hold.least ?? 1)
  const want = Math.max(least, Math.min(hold.tokens, free))
  const reason =
    want > 0 && used >= limit ? 'spent' : least > limit - used ? 'too-large' : want > free ? 'held' : null
  if (reason === null) return { planId: plan.id, plan: plan.name, tokensHeld: want, refused: null }
  const seen = {
    tokenLimit: limit,
    tokensUsed: used,
    tokensHeld: held,
    tokensRemaining: Math.max(0, free),
    periodEndsAt: standing.periodEndsAt,
  }
  return refusedFor({ ...about, reason, seen, limits: limitsOf(plan) }, plan, hold)
}

/** The trial runs in spite of the refusal, with the full hold: the admin wants to see the tool. */
function refusedFor(refusal: FinalRefusal, plan: Plan | null, { tokens }: Hold): Verdict {
  const { code, message } = toProblem(refusal)
  return {
    planId: plan?.id ?? null,
    plan: plan?.name ?? null,
    tokensHeld: tokens,
    refused: { code, message },
  }
}

const limitsOf = ({ requests_per_minute, burst, calls_at_once }: Rates) => ({
  requestsPerMinute: requests_per_minute,
  burst,
  callsAtOnce: calls_at_once,
  requestsRemaining: burst,
  resetMs: 0,
})

async function findPlan(sql: Sql, by: 'id' | 'name', value: string): Promise<Plan | null> {
  const { rows } = await sql.query<Plan>(
    `select id, name, tier::text as tier, token_limit::float8 as token_limit, requests_per_minute, burst, calls_at_once
     from plans where ${by}::text = $1`,
    [value],
  )
  return rows[0] ?? null
}
