import type { Admitted } from '../metering/call'
import type { Settlement } from '../metering/settlement'
import { callTool, type ToolFailure } from '../tools/call-tool'
import { measure } from '../tools/metering'
import type { Tool } from '../tools/tool'
import type { GatewayRoom, InvokeOutcome } from './admit-call'
import { keyForTool } from './idempotency'
import { toInvocation } from './invocation'
import type { InvokeRequest } from './invoke'
import { rateLimitHeaders } from './refusals'
import { settled, settledInAnyCase } from './settled'
import { toolProblem } from './tool-problem'

type Ended = Omit<Settlement, 'usageId' | 'userId'>

/** Calls the tool of an admitted call and settles it, whatever happens; the outcome is given after that. */
export function runCall(
  room: GatewayRoom,
  request: InvokeRequest,
  tool: Tool,
  admitted: Admitted,
): Promise<InvokeOutcome> {
  return settledInAnyCase(room, admitted, () => callAndSettle(room, request, tool, admitted))
}

async function callAndSettle(
  room: GatewayRoom,
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
    await settled(room, { userId, usageId, ...failed(answer, since()) })
    return { ended: 'failed', userId, problem: toolProblem(tool, answer, rateLimitHeaders(admitted.limits)) }
  }
  const measured = await measure(tool, request.input, answer.output, admitted.tokenLimit)
  const durationMs = since()
  const told = () => toInvocation(answer.output, { requestId, tokens: measured.tokens, durationMs })
  const kept = request.idempotency ? { answer: told() } : {}
  const done = settled(room, { userId, usageId, status: 'success', ...measured, durationMs, ...kept })
  // While the database writes it down.
  const text = kept.answer ?? told()
  const headers = rateLimitHeaders(admitted.limits)
  await done
  return { ended: 'answered', userId, headers, answer: text }
}

/** A tool that fails or takes too long costs nothing. */
export function failed({ code, status }: ToolFailure, durationMs: number): Ended {
  return { status, tokens: 0, source: 'unknown', durationMs, errorCode: code }
}
