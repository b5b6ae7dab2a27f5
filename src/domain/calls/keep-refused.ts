import type { Problem } from '../../platform/kernel/problem'
import type { Hold } from '../ledger/call'
import { keepRefusal } from '../refusals/keep-refusal'
import type { Layer } from '../refusals/refusal'
import type { Tool } from '../tools/tool'
import type { FinalRefusal } from './refusals'

type Asked = { tool: Tool; requestId: string; hold: Hold }

/** Keeps each refusal by admission for the admins, with the figures that it was based on. */
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

/** Keeps a refusal because of an `Idempotency-Key`. */
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

const BEFORE_ADMISSION: Partial<Record<Problem['code'], { layer: Layer; reason: string }>> = {
  UNAUTHORIZED: { layer: 'sign-in', reason: 'not-signed-in' },
  FORBIDDEN: { layer: 'sign-in', reason: 'forbidden' },
  NOT_FOUND: { layer: 'catalogue', reason: 'no-such-tool' },
  VALIDATION_ERROR: { layer: 'input', reason: 'bad-input' },
  PAYLOAD_TOO_LARGE: { layer: 'input', reason: 'input-too-large' },
  RATE_LIMITED: { layer: 'input', reason: 'inputs-refused-too-often' },
  UNSUPPORTED_MEDIA_TYPE: { layer: 'input', reason: 'no-json' },
}

type Unadmitted = { userId: string | null; requestId: string; tool: string | null }

/** Keeps the reason why a call did not reach admission: the names of the fields, never their values. */
export function keepUnadmitted(problem: Problem, { userId, requestId, tool }: Unadmitted): void {
  const kind = BEFORE_ADMISSION[problem.code]
  if (!kind) return
  keepRefusal({ userId, reason: kind.reason }, () => ({
    layer: kind.layer,
    code: problem.code,
    message: problem.message.slice(0, 500),
    requestId,
    toolId: null,
    toolName: tool?.slice(0, 100) ?? null,
    figures: {
      fields:
        problem.details
          .map(({ field }) => field)
          .slice(0, 20)
          .join(', ') || null,
    },
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
