import { Problem, tooMany } from '../../platform/kernel/problem'
import type { CallLimits, Refusal, TokensSeen } from '../ledger/call'

/** A refusal that is final for this request. After the other kinds, the hub looks up or admits the call again. */
export type FinalRefusal = Exclude<Refusal, { reason: 'unauthorized' | 'stale' | 'idempotency-known' }>

/** The problem that a refused caller gets: why, the figures that it was based on, and what to do. */
export function toProblem(refusal: FinalRefusal): Problem {
  switch (refusal.reason) {
    case 'paused':
      return paused()
    case 'no-subscription':
      return noSubscription(refusal.expired)
    case 'plan-too-low':
      return planTooLow(refusal.plan, refusal.minimumTier, refusal.opensWith)
    case 'rate-limited':
      return limited('Your plan allows no more requests at the moment.', refusal.retryAfterMs, refusal.limits)
    case 'too-many-at-once': {
      const { callsAtOnce } = refusal.limits
      return limited(`Your plan allows ${callsAtOnce} calls at once.`, refusal.retryAfterMs, refusal.limits)
    }
    case 'spent':
      return tokens("This period's tokens are spent.", refusal.seen, refusal.limits)
    case 'too-large':
      return tokens(
        'This call may take more tokens than are left in this period.',
        refusal.seen,
        refusal.limits,
      )
    case 'held':
      return held(refusal.seen, refusal.limits)
  }
}

/**
 * The `RateLimit` fields of draft-ietf-httpapi-ratelimit-headers: the requests per minute, how many may follow at
 * once, and in how many seconds the whole burst is available again.
 */
export function rateLimitHeaders(limits: CallLimits): Record<string, string> {
  const { requestsPerMinute, burst, requestsRemaining, resetMs } = limits
  return {
    'ratelimit-policy': `"requests";q=${requestsPerMinute};w=60, "burst";q=${burst}`,
    ratelimit: `"burst";r=${requestsRemaining};t=${Math.ceil(resetMs / 1_000)}`,
  }
}

function paused(): Problem {
  const message =
    'An admin has paused your calls. Your plan, your tokens and your history stay as they are. Ask the people who run this hub.'
  return new Problem('ACCOUNT_PAUSED', message, { details: [{ message }] })
}

function noSubscription(expired: boolean): Problem {
  const why = expired ? 'Your subscription has expired.' : 'You have no subscription.'
  const message =
    'GET /api/v1/subscriptions/plans lists the plans. Choose one with POST /api/v1/subscriptions/subscribe.'
  return new Problem('SUBSCRIPTION_REQUIRED', `${why} ${message}`, { details: [{ message }] })
}

function planTooLow(plan: string, minimumPlan: string, plans: string[]): Problem {
  const wayOut =
    plans.length > 0
      ? `${plans.join(' or ')} does: change with POST /api/v1/subscriptions/subscribe.`
      : 'Ask an admin for a plan that does.'
  const message = `Your plan, ${plan}, does not open this tool. ${wayOut}`
  const field = 'plan'
  const about = { field, message: `opened by: ${plans.join(', ')}`, plan, minimum_plan: minimumPlan, plans }
  return new Problem('PLAN_UPGRADE_REQUIRED', message, { details: [about] })
}

function limited(message: string, retryAfterMs: number, limits: CallLimits): Problem {
  const { code, headers } = tooMany(message, retryAfterMs / 1_000)
  return new Problem(code, message, { headers: { ...rateLimitHeaders(limits), ...headers } })
}

function tokens(what: string, seen: TokensSeen, limits: CallLimits): Problem {
  const end = seen.periodEndsAt.toISOString()
  const message = `${what} ${seen.tokensRemaining} of ${seen.tokenLimit} are left until ${end}. Wait for the next period, or choose a higher plan.`
  return new Problem('TOKEN_LIMIT_EXCEEDED', message, {
    details: [figures(seen)],
    headers: rateLimitHeaders(limits),
  })
}

function held(seen: TokensSeen, limits: CallLimits): Problem {
  const message = `Calls in flight hold the remaining tokens (${seen.tokensHeld}). Try again in a moment.`
  return new Problem('TOKENS_HELD', message, {
    details: [figures(seen)],
    headers: { ...rateLimitHeaders(limits), 'Retry-After': '1' },
  })
}

function figures(seen: TokensSeen) {
  return {
    field: 'tokens',
    message: `${seen.tokensRemaining} tokens are left`,
    token_limit: seen.tokenLimit,
    tokens_used: seen.tokensUsed,
    tokens_held: seen.tokensHeld,
    tokens_remaining: seen.tokensRemaining,
    period_ends_at: seen.periodEndsAt.toISOString(),
  }
}
