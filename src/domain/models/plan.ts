import { estimateTokens } from '../tools/count-tokens'
import type { Hold } from '../tools/metering'
import type { ModelAsk } from './adapter'
import type { ModelTool } from './call-model'
import { countedText, countIds } from './counted-text'

/** Output that is held for where neither the caller nor the admin names a maximum. */
const USUAL_MOST_OUTPUT = 4_096

/** A model's call before its admission: what is asked, what that text is for counting, and what is held for it. */
export type ModelPlan = {
  ask: ModelAsk
  /** What goes in, as it is counted. */
  inputText: string
  /** What of it came as tokens already. */
  inputIds: number
  inputTokens: number
  /** Answers asked for at once (`n`), each of them with the most output. */
  choices: number
  hold: Hold
}

/**
 * The plan of a call: its hold is the counted input and the most output, both by their weights (or the fixed price).
 * `wanted` is the most output that the caller asks for.
 */
export function planModelCall(
  tool: ModelTool,
  ask: Pick<ModelAsk, 'api' | 'body'>,
  wanted: number | null = null,
  choices = 1,
): ModelPlan {
  const inputIds = ask.api === 'embeddings' ? countIds(ask.body.input) : 0
  const inputText = countedText(ask.body, inputIds)
  const inputTokens = inputIds + estimateTokens(inputText)
  const maxOutputTokens = ask.api === 'embeddings' ? null : mostOutput(tool, wanted)
  const plan = { ask: { ...ask, maxOutputTokens }, inputText, inputIds, inputTokens, choices }
  return { ...plan, hold: holdOf(tool, inputTokens, maxOutputTokens ?? 0, choices) }
}

/** The ask of an admitted call: its most output cut to what the hold has room for. The hold has room for one token. */
export function capOutputToHold(tool: ModelTool, plan: ModelPlan, tokensHeld: number): ModelAsk {
  const { ask, choices, inputTokens } = plan
  const weight = outputWeight(tool)
  if (ask.maxOutputTokens === null || weight === 0 || tool.metering.mode === 'fixed') return ask
  const left = tokensHeld - inputCost(tool, inputTokens)
  const deps = Math.max(1, Math.floor((left * 100) / weight / choices))
  return { ...ask, maxOutputTokens: Math.min(ask.maxOutputTokens, deps) }
}

function mostOutput({ model }: ModelTool, wanted: number | null): number {
  const most = model.maxOutputTokens ?? Number.POSITIVE_INFINITY
  return Math.min(most, wanted ?? model.defaultOutputTokens ?? Math.min(most, USUAL_MOST_OUTPUT))
}

/** An output can be cut to what is left, down to one token; an input, and a price, cannot. */
function holdOf(tool: ModelTool, inputTokens: number, outputTokens: number, choices: number): Hold {
  if (tool.metering.mode === 'fixed') return { tokens: tool.metering.tokens ?? 0, mode: 'exact' }
  const input = inputCost(tool, inputTokens)
  if (outputTokens === 0) return { tokens: input, mode: 'exact' }
  const withOutput = (each: number) => input + Math.ceil((each * choices * outputWeight(tool)) / 100)
  return { tokens: withOutput(outputTokens), mode: 'up-to', least: withOutput(1) }
}

/** Which of the input is cached or written to a cache, and which of the output is reasoning, is not known before: the dearer one is held. */
function inputCost({ model }: ModelTool, tokens: number): number {
  const { input, cachedInput, cacheWrite5m, cacheWrite1h } = model.weights
  return Math.ceil((tokens * Math.max(input, cachedInput, cacheWrite5m ?? 0, cacheWrite1h ?? 0)) / 100)
}

function outputWeight({ model }: ModelTool): number {
  return Math.max(model.weights.output, model.weights.reasoning)
}
