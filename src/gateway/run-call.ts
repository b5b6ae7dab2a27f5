import type { Admitted } from '../metering/call'
import { settle } from '../metering/metering'
import type { Settlement } from '../metering/settlement'
import { Problem } from '../problem'
import { callTool, type ToolFailure } from '../tools/call-tool'
import { measure } from '../tools/metering'
import type { Tool } from '../tools/tool'
import { keyForTool } from './idempotency'
import { keepUntilSettled } from './in-flight'
import type { GatewayRoom, InvokeOutcome, InvokeRequest } from './invoke'
import { rateLimitHeaders } from './refusals'

type Ended = Omit<Settlement, 'usageId' | 'userId'>

/** While the database is away settling goes on without end, but a caller is not made to wait for it longer. */
const WAIT_FOR_SETTLEMENT_MS = 5_000

const USUAL_RETRY_MS = 5_000

/** Calls the tool of an admitted call and settles it, whatever happens; the outcome is given after that. */
export async function runCall(
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
  const answer = await callTool(tool, request.input, { requestId, idempotencyKey })
  const headers = rateLimitHeaders(admitted.limits)
  if (!answer.ok) {
    await settled(room, { userId, usageId, ...failed(answer, since()) })
    return { ended: 'failed', userId, problem: toolProblem(tool, answer, headers) }
  }
  const measured = await measure(tool, request.input, answer.output).catch(async (error: unknown) => {
    const unmeasured = { status: 'error', tokens: 0, source: 'unknown', errorCode: 'INTERNAL' } as const
    await settled(room, { userId, usageId, ...unmeasured, durationMs: since() })
    throw error
  })
  const durationMs = since()
  const text = JSON.stringify({
    request_id: request.requestId,
    output: answer.output,
    tokens_used: measured.tokens,
    duration_ms: durationMs,
  })
  const kept = request.idempotency ? { answer: text } : {}
  await settled(room, { userId, usageId, status: 'success', ...measured, durationMs, ...kept })
  return { ended: 'answered', userId, headers, answer: text }
}

/** A tool that fails or takes too long costs nothing. */
function failed({ code, status }: ToolFailure, durationMs: number): Ended {
  return { status, tokens: 0, source: 'unknown', durationMs, errorCode: code }
}

const EXPLAINED: Record<ToolFailure['code'], string> = {
  TOOL_UNAVAILABLE: 'cannot be reached right now. Nothing was charged; try again later.',
  TOOL_BAD_RESPONSE: 'gave an answer that is of no use. Nothing was charged.',
  TOOL_TIMEOUT: 'took too long. Nothing was charged.',
}

function toolProblem(tool: Tool, failure: ToolFailure, headers: Record<string, string>): Problem {
  const { code, logMessage, retryAfterMs = USUAL_RETRY_MS } = failure
  const retry: Record<string, string> =
    code === 'TOOL_UNAVAILABLE' ? { 'Retry-After': String(Math.ceil(retryAfterMs / 1_000)) } : {}
  const message = `The tool ${tool.name} ${EXPLAINED[code]}`
  return new Problem(code, message, [], { ...headers, ...retry }, new Error(logMessage))
}

/** Settles, and answers the caller at the latest after some seconds; the settlement itself never gives up. */
async function settled(room: GatewayRoom, settlement: Settlement): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, WAIT_FOR_SETTLEMENT_MS)
  })
  const done = settle(settlement).catch((error: unknown) => {
    room.log.error({ err: error, usage_id: settlement.usageId }, 'settlement')
  })
  keepUntilSettled(done)
  await Promise.race([done, late]).finally(() => clearTimeout(timer))
}
