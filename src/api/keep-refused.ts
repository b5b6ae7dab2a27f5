import { keepUnadmitted } from '../gateway/keep-refused'
import type { Problem } from '../problem'
import type { ApiContext } from './envelope'
import { BASE } from './registry'

/** The ways to call a tool that end here. What admission refuses there is kept by the gateway. */
const CALLING = new Set([`${BASE}/tools/{tool_id}/invoke`, '/v1/chat/completions', '/v1/embeddings'])

/** Keeps, for the admins, why a call of a tool was refused before its admission. */
export function keepRefusedRequest(c: ApiContext, problem: Problem): void {
  const { route, userId, requestId } = c.env
  if (route === null || !CALLING.has(route)) return
  keepUnadmitted(problem, { userId, requestId, tool: c.req.param('tool_id') ?? null })
}
