import type { DemoCall } from './demo-call'

/** A refused call, as the table of refusals keeps it. */
export type DemoRefusal = {
  id: string
  at: string
  user_id: string
  tool_id: string
  tool_name: string
  layer: 'tokens' | 'account'
  reason: 'spent' | 'too-large' | 'paused'
  code: 'TOKEN_LIMIT_EXCEEDED' | 'ACCOUNT_PAUSED'
  message: string
  request_id: string
  figures: Record<string, unknown>
  left_out: number
}

/** The refusal of a call that did not fit into its period, with the text that its caller read. */
export function refusalOf(call: DemoCall, tokenLimit: number, used: number): DemoRefusal {
  const left = Math.max(0, tokenLimit - used)
  const reason = left === 0 ? 'spent' : 'too-large'
  const why =
    reason === 'spent'
      ? "This period's tokens are spent."
      : 'This call may take more tokens than are left in this period.'
  return {
    ...asked(call),
    layer: 'tokens',
    reason,
    code: 'TOKEN_LIMIT_EXCEEDED',
    message: `${why} ${left} of ${tokenLimit} are left. Wait for the next period, or choose a higher plan.`,
    figures: {
      tokenLimit,
      tokensUsed: used,
      tokensHeld: 0,
      tokensRemaining: left,
      tokensAsked: call.tokens_held,
    },
  }
}

/** The refusal of a call by a user whom an admin had paused. */
export function pausedRefusal(call: DemoCall): DemoRefusal {
  return {
    ...asked(call),
    layer: 'account',
    reason: 'paused',
    code: 'ACCOUNT_PAUSED',
    message:
      'An admin has paused your calls. Your plan, your tokens and your history stay as they are. Ask the people who run this hub.',
    figures: {},
  }
}

const asked = (call: DemoCall) => ({
  id: call.id,
  at: call.created_at,
  user_id: call.user_id,
  tool_id: call.tool_id,
  tool_name: call.tool_name,
  request_id: call.request_id,
  left_out: 0,
})
