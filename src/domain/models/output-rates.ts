import { perProcess } from '../../platform/kernel/process'

/** A model's recent calls: their output and duration. Newer calls have more weight. */
type Recent = { tokens: number; ms: number; reasons: number }

/** The data of one call for the rate. Reasoning is a part of the output. */
export type TimedOutput = { outputTokens: number; reasoningTokens: number; ms: number }

/** After so many calls without reasoning, a model is no longer considered a reasoning model. */
const CALLS_TO_FORGET = 20
const KEPT_OF_OLDER = 0.8

const rates = () => perProcess('models.output-rates', () => new Map<string, Recent>())
const keyOf = (toolId: string, upstream: string) => `${toolId} ${upstream}`

/** Records a complete call whose output was reported. Each process knows only its own calls. */
export function noteOutput(toolId: string, upstream: string, call: TimedOutput): void {
  const { outputTokens, reasoningTokens, ms } = call
  if (outputTokens === 0 || ms <= 0) return
  const key = keyOf(toolId, upstream)
  const recent = rates().get(key) ?? { tokens: 0, ms: 0, reasons: 0 }
  recent.tokens = recent.tokens * KEPT_OF_OLDER + outputTokens
  recent.ms = recent.ms * KEPT_OF_OLDER + ms
  recent.reasons = reasoningTokens > 0 ? CALLS_TO_FORGET : Math.max(0, recent.reasons - 1)
  rates().set(key, recent)
}

/** Whether this process has seen a complete call of it. */
export const knowsRate = (toolId: string, upstream: string): boolean => rates().has(keyOf(toolId, upstream))

/**
 * The output that a model produces in this time, estimated from its recent calls; 0 for a model that did not reason in them,
 * because all of its output is visible.
 */
export function outputIn(toolId: string, upstream: string, ms: number): number {
  const recent = rates().get(keyOf(toolId, upstream))
  return recent && recent.reasons > 0 ? Math.floor((recent.tokens / recent.ms) * Math.max(0, ms)) : 0
}
