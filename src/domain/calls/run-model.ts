import type { Admitted } from '../ledger/call'
import type { ModelAnswer, ModelFailure } from '../models/adapter'
import type { Asked } from '../models/bounds'
import { callModel, limitCall, type ModelTool, nothingSent } from '../models/call-model'
import { believed, chargeFor, withUsage } from '../models/charge'
import { producedText } from '../models/counted-text'
import { capOutputToHold, type PreparedCall } from '../models/prepared-call'
import type { CallDeps, CallRequest, InvokeOutcome } from './admit-call'
import { atLeastEstimated, noteRate } from './estimate'
import type { Measured } from './invocation'
import { rateLimitHeaders } from './refusals'
import { CALLER_GONE, failed, settled, settledInAnyCase } from './settled'
import { toolProblem } from './tool-problem'

/** An admitted call of a model. `answer` makes the response text from the model's response, as a value and as text. */
export type ModelCall = {
  tool: ModelTool
  prepared: PreparedCall
  admitted: Admitted
  answer: (value: Record<string, unknown>, text: string, measured: Measured) => string
}

/**
 * Calls the model of an admitted call and always settles it. A caller that disconnects ends the call. No output has
 * arrived by then, but the model has read the input, so that is charged, and so is the estimated reasoning up to
 * then.
 */
export function runModel(deps: CallDeps, request: CallRequest, call: ModelCall): Promise<InvokeOutcome> {
  return settledInAnyCase(deps, call.admitted, () => askAndSettle(deps, request, call))
}

async function askAndSettle(deps: CallDeps, request: CallRequest, call: ModelCall): Promise<InvokeOutcome> {
  const { tool, prepared, admitted } = call
  const startedAt = performance.now()
  const since = () => Math.max(0, Math.round(performance.now() - startedAt))
  const { userId, usageId } = admitted
  const ask = capOutputToHold(tool, prepared, admitted.tokensHeld)
  const sent = nothingSent()
  const answer = await limited(tool, request, (signal) =>
    callModel(tool, ask, { callerId: userId, requestId: request.requestId, signal, sent }),
  )
  const asked = { tool, ask, choices: prepared.choices, sent }
  if (!answer.ok) return fail(deps, request, call, asked, answer, since())
  const usage = believed(answer.usage, asked)
  noteRate(asked, usage)
  const took = { usage, produced: producedText(answer.value), isWhole: true }
  const charge = await chargeFor(tool, prepared, took)
  const shown = withUsage(answer, charge.modelTokens, ask.api)
  const durationMs = since()
  const text = call.answer(shown.value, shown.text, {
    requestId: request.requestId,
    tokens: charge.tokens,
    durationMs,
  })
  const kept = request.idempotency ? { answer: text } : {}
  await settled(deps, { userId, usageId, status: 'success', ...charge, durationMs, ...kept })
  return { ended: 'answered', userId, headers: rateLimitHeaders(admitted.limits), answer: text }
}

async function limited(
  tool: ModelTool,
  { signal: caller }: CallRequest,
  work: (signal: AbortSignal) => Promise<ModelAnswer>,
): Promise<ModelAnswer> {
  const limit = limitCall(tool.timeoutMs)
  if (caller?.aborted) limit.end()
  caller?.addEventListener('abort', limit.end, { once: true })
  try {
    return await work(limit.signal)
  } finally {
    limit.stop()
    caller?.removeEventListener('abort', limit.end)
  }
}

async function fail(
  deps: CallDeps,
  request: CallRequest,
  { tool, prepared, admitted }: ModelCall,
  asked: Asked,
  failure: ModelFailure,
  durationMs: number,
): Promise<InvokeOutcome> {
  const { userId, usageId, tokensHeld } = admitted
  if (request.signal?.aborted && failure.code !== 'TOOL_TIMEOUT') {
    const counted = await chargeFor(tool, prepared, { usage: null, produced: '', isWhole: false })
    const endedAt = performance.now()
    const charge = await atLeastEstimated(deps, counted, { asked, endedAt, tokensHeld })
    const ended = { status: 'success', errorCode: CALLER_GONE, durationMs } as const
    await settled(deps, { userId, usageId, ...ended, ...charge })
  } else await settled(deps, { userId, usageId, ...failed(failure, durationMs) })
  const problem = toolProblem(tool, failure, rateLimitHeaders(admitted.limits))
  return { ended: 'failed', userId, problem, refused: failure.refused, said: failure.said }
}
