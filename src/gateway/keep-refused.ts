import type { Hold } from '../metering/call'
import type { Problem } from '../problem'
import { keepRefusal } from '../refusals/keep-refusal'
import type { Layer } from '../refusals/refusal'
import type { Tool } from '../tools/tool'
import type { FinalRefusal } from './refusals'

type Asked = { tool: Tool; requestId: string; hold: Hold }

/** Keeps, for the admins, what admission refused and the figures that decided. */
export function keepRefused(refusal: FinalRefusal, { tool, requestId, hold }: Asked, problem: Problem): void {
  const { userId, reason } = refusal
  keepRefusal({ userId, reason }, () => ({
    layer: layerOf(reason),
    code: problem.code,
    message: problem.message,
    requestId,
    toolId: tool.id,
    toolName: tool.name,
    figures: { ...figuresOf(refusal), holdAsked: hold.tokens, holdMode: hold.mode },
  }))
}

/** Keeps what its `Idempotency-Key` refused. */
export function keepIdempotencyRefused(
  userId: string,
  { tool, requestId }: Omit<Asked, 'hold'>,
  problem: Problem,
): void {
  const reason = problem.code === 'IDEMPOTENCY_MISMATCH' ? 'idempotency-mismatch' : 'idempotency-in-progress'
  keepRefusal({ userId, reason }, () => ({
    layer: 'idempotency',
    code: problem.code,
    message: problem.message,
    requestId,
    toolId: tool.id,
    toolName: tool.name,
    figures: {},
  }))
}

function layerOf(reason: FinalRefusal['reason']): Layer {
  switch (reason) {
    case 'paused':
      return 'account'
    case 'no-subscription':
      return 'subscription'
    case 'plan-too-low':
      return 'plan'
    case 'rate-limited':
    case 'too-many-at-once':
      return 'rate'
    case 'spent':
    case 'too-large':
    case 'held':
      return 'tokens'
  }
}

function figuresOf(refusal: FinalRefusal): Record<string, unknown> {
  switch (refusal.reason) {
    case 'paused':
      return {}
    case 'no-subscription':
      return { expired: refusal.expired }
    case 'plan-too-low':
      return { plan: refusal.plan, minimumTier: refusal.minimumTier, opensWith: refusal.opensWith.join(', ') }
    case 'rate-limited':
    case 'too-many-at-once':
      return { ...refusal.limits, retryAfterMs: refusal.retryAfterMs }
    case 'spent':
    case 'too-large':
    case 'held':
      return { ...refusal.seen, ...refusal.limits }
  }
}
