import type { Admitted } from '../ledger/call'
import { callTool } from '../tools/call-tool'
import { measure } from '../tools/metering'
import type { Tool } from '../tools/tool'
import type { CallDeps, InvokeOutcome, InvokeRequest } from './admit-call'
import { keyForTool } from './idempotency'
import { toInvocation } from './invocation'
import { rateLimitHeaders } from './refusals'
import { failed, settled, settledInAnyCase } from './settled'
import { toolProblem } from './tool-problem'

/** Calls the tool of an admitted call and always settles it; the outcome is returned after that. */
export function runCall(
  deps: CallDeps,
  request: InvokeRequest,
  tool: Tool,
  admitted: Admitted,
): Promise<InvokeOutcome> {
  return settledInAnyCase(deps, admitted, () => callAndSettle(deps, request, tool, admitted))
}

async function callAndSettle(
  deps: CallDeps,
  request: InvokeRequest,
  tool: Tool,
  admitted: Admitted,
): Promise<InvokeOutcome> {
  const startedAt = performance.now()
  const since = () => Math.max(0, Math.round(performance.now() - startedAt))
  const { requestId, idempotency } = request
  const { userId, usageId } = admitted
  const idempotencyKey = idempotency && keyForTool(userId, tool.id, idempotency.key)
  const answer = await callTool(tool, request.input, {
    callerId: userId,
    requestId,
    idempotencyKey,
  })
  if (!answer.ok) {
    await settled(deps, { userId, usageId, ...failed(answer, since()) })
    return { ended: 'failed', userId, problem: toolProblem(tool, answer, rateLimitHeaders(admitted.limits)) }
  }
  const measured = await measure(tool, request.input, answer.output, admitted.tokenLimit)
  const durationMs = since()
  const told = () => toInvocation(answer.output, { requestId, tokens: measured.tokens, durationMs })
  const kept = request.idempotency ? { answer: told() } : {}
  const done = settled(deps, { userId, usageId, status: 'success', ...measured, durationMs, ...kept })
  // Runs while the database writes.
  const text = kept.answer ?? told()
  const headers = rateLimitHeaders(admitted.limits)
  await done
  return { ended: 'answered', userId, headers, answer: text }
}
