import { perProcess } from '../../platform/kernel/process'

/** A model's recent calls: their output and how long it took, the newest weighing most. */
type Recent = { tokens: number; ms: number; reasons: number }

/** One call, as far as the rate is concerned. Reasoning is a part of the output. */
export type TimedOutput = { outputTokens: number; reasoningTokens: number; ms: number }

/** So many calls without reasoning, and a model no longer counts as one that reasons. */
const CALLS_TO_FORGET = 20
const KEPT_OF_OLDER = 0.8

const rates = () => perProcess('models.output-rates', () => new Map<string, Recent>())
const keyOf = (toolId: string, upstream: string) => `${toolId} ${upstream}`

/** Notes a whole call whose output was reported. Each process knows what it saw itself. */
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

/** Whether this process has seen a whole call of it. */
export const knowsRate = (toolId: string, upstream: string): boolean => rates().has(keyOf(toolId, upstream))

/**
 * The output that a model makes in so much time, by its recent calls; 0 for one that did not reason in them, whose output
 * is all seen as it comes.
 */
export function outputIn(toolId: string, upstream: string, ms: number): number {
  const recent = rates().get(keyOf(toolId, upstream))
  return recent && recent.reasons > 0 ? Math.floor((recent.tokens / recent.ms) * Math.max(0, ms)) : 0
}
