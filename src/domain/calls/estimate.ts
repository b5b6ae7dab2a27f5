import { recentOutputs } from '../ledger/recent-outputs'
import type { ModelUsage } from '../models/adapter'
import type { Asked } from '../models/bounds'
import { type ModelCharge, noUsage } from '../models/charge'
import { knowsRate, noteOutput, outputIn } from '../models/output-rates'
import { weigh } from '../models/usage'
import type { CallDeps } from './admit-call'

/**
 * The charge of a call that was ended early. Its model may have reasoned, which only the final usage would show. So
 * the charge is the larger of two figures, within the hold: the counted tokens, and the output that the model, at the
 * speed of its recent calls, produces in that time. Otherwise a caller who leaves just before the usage would get
 * reasoning for free.
 */
export async function atLeastEstimated(
  deps: CallDeps,
  charge: ModelCharge,
  { asked, endedAt, tokensHeld }: { asked: Asked; endedAt: number; tokensHeld: number },
): Promise<ModelCharge> {
  const { tool, ask, choices, sent } = asked
  if (tool.metering.mode !== 'reported' || sent.bytes === 0) return charge
  if (!knowsRate(tool.id, sent.upstream)) await recall(deps, asked)
  const most = (ask.maxOutputTokens ?? 0) * choices
  const outputTokens = Math.min(most, outputIn(tool.id, sent.upstream, endedAt - sent.at))
  const counted = charge.modelTokens ?? noUsage()
  const hidden = outputTokens - counted.outputTokens
  if (hidden <= 0) return charge
  const modelTokens = { ...counted, outputTokens, reasoningTokens: counted.reasoningTokens + hidden }
  const tokens = Math.min(weigh(modelTokens, tool.model.weights), tokensHeld)
  return tokens > charge.tokens ? { tokens, source: 'estimated', modelTokens } : charge
}

/** Records how fast a model completed a whole call. */
export function noteRate({ tool, sent }: Asked, usage: ModelUsage | null): void {
  if (usage === null) return
  const { outputTokens, reasoningTokens } = usage
  noteOutput(tool.id, sent.upstream, { outputTokens, reasoningTokens, ms: performance.now() - sent.at })
}

/** A new process reads recent calls from the usage log; without any, nothing is estimated. */
async function recall({ pool, log }: CallDeps, { tool, sent }: Asked): Promise<void> {
  try {
    const calls = await recentOutputs(pool, tool.id)
    for (const call of calls.reverse()) noteOutput(tool.id, sent.upstream, call)
  } catch (error) {
    log.warn({ err: error, tool_id: tool.id }, 'the recent calls of a tool could not be read')
  }
}
