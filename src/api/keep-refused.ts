import type { Problem } from '../problem'
import { keepRefusal } from '../refusals/keep-refusal'
import type { Layer } from '../refusals/refusal'
import type { ApiContext } from './envelope'
import { BASE } from './registry'

/** The ways to call a tool. What admission refuses there is kept by the gateway; what does not get so far, here. */
const CALLING = new Set([`${BASE}/tools/{tool_id}/invoke`, '/v1/chat/completions', '/v1/embeddings'])

const LAYER_OF: Partial<Record<Problem['code'], { layer: Layer; reason: string }>> = {
  UNAUTHORIZED: { layer: 'sign-in', reason: 'not-signed-in' },
  FORBIDDEN: { layer: 'sign-in', reason: 'forbidden' },
  NOT_FOUND: { layer: 'catalogue', reason: 'no-such-tool' },
  VALIDATION_ERROR: { layer: 'input', reason: 'bad-input' },
  PAYLOAD_TOO_LARGE: { layer: 'input', reason: 'input-too-large' },
  UNSUPPORTED_MEDIA_TYPE: { layer: 'input', reason: 'no-json' },
}

/** Keeps, for the admins, why a call of a tool was refused before its admission. Says which fields, never what was in them. */
export function keepRefusedRequest(c: ApiContext, problem: Problem): void {
  const { route, userId, requestId } = c.env
  const kind = LAYER_OF[problem.code]
  if (route === null || !CALLING.has(route) || !kind) return
  keepRefusal({ userId, reason: kind.reason }, () => ({
    layer: kind.layer,
    code: problem.code,
    message: problem.message.slice(0, 500),
    requestId,
    toolId: null,
    toolName: c.req.param('tool_id')?.slice(0, 100) ?? null,
    figures: {
      fields:
        problem.details
          .map(({ field }) => field)
          .slice(0, 20)
          .join(', ') || null,
    },
  }))
}
