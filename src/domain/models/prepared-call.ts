import { estimateTokens } from '../tools/count-tokens'
import type { Hold } from '../tools/metering'
import type { ModelAsk } from './adapter'
import type { ModelTool } from './call-model'
import { countedText, countIds } from './counted-text'

/** The output that is held if neither the caller nor the admin sets a maximum. */
const USUAL_MOST_OUTPUT = 4_096

/** A prepared call: a model's request before its admission, with its text for counting and its hold. */
export type PreparedCall = {
  ask: ModelAsk
  /** The input text for counting. */
  inputText: string
  /** The part of the input that already consists of token ids. */
  inputIds: number
  inputTokens: number
  /** The number of choices (`n`), each of them with the maximum output. */
  choices: number
  hold: Hold
}

/**
 * Prepares a call: its hold is the counted input plus the maximum output, both times their weights (or the fixed price).
 * `wanted` is the maximum output that the caller requests.
 */
export function prepareModelCall(
  tool: ModelTool,
  ask: Pick<ModelAsk, 'api' | 'body'>,
  wanted: number | null = null,
  choices = 1,
): PreparedCall {
  const inputIds = ask.api === 'embeddings' ? countIds(ask.body.input) : 0
  const inputText = countedText(ask.body, inputIds)
  const inputTokens = inputIds + estimateTokens(inputText)
  const maxOutputTokens = ask.api === 'embeddings' ? null : mostOutput(tool, wanted)
  const prepared = { ask: { ...ask, maxOutputTokens }, inputText, inputIds, inputTokens, choices }
  return { ...prepared, hold: holdOf(tool, inputTokens, maxOutputTokens ?? 0, choices) }
}

/** The request of an admitted call, with its output limited to its hold. A hold always has room for one token of output. */
export function capOutputToHold(tool: ModelTool, prepared: PreparedCall, tokensHeld: number): ModelAsk {
  const { ask, choices, inputTokens } = prepared
  const weight = outputWeight(tool)
  if (ask.maxOutputTokens === null || weight === 0 || tool.metering.mode === 'fixed') return ask
  const left = tokensHeld - inputCost(tool, inputTokens)
  const most = Math.max(1, Math.floor((left * 100) / weight / choices))
  return { ...ask, maxOutputTokens: Math.min(ask.maxOutputTokens, most) }
}

function mostOutput({ model }: ModelTool, wanted: number | null): number {
  const most = model.maxOutputTokens ?? Number.POSITIVE_INFINITY
  return Math.min(most, wanted ?? model.defaultOutputTokens ?? Math.min(most, USUAL_MOST_OUTPUT))
}

/** The output can be reduced to the tokens left, down to one. The input and a fixed price cannot. */
function holdOf(tool: ModelTool, inputTokens: number, outputTokens: number, choices: number): Hold {
  if (tool.metering.mode === 'fixed') return { tokens: tool.metering.tokens ?? 0, mode: 'exact' }
  const input = inputCost(tool, inputTokens)
  if (outputTokens === 0) return { tokens: input, mode: 'exact' }
  const withOutput = (each: number) => input + Math.ceil((each * choices * outputWeight(tool)) / 100)
  return { tokens: withOutput(outputTokens), mode: 'up-to', least: withOutput(1) }
}

/** It is not known in advance which input is cached and which output is reasoning, so the higher price is held. */
function inputCost({ model }: ModelTool, tokens: number): number {
  const { input, cachedInput, cacheWrite5m, cacheWrite1h } = model.weights
  return Math.ceil((tokens * Math.max(input, cachedInput, cacheWrite5m ?? 0, cacheWrite1h ?? 0)) / 100)
}

function outputWeight({ model }: ModelTool): number {
  return Math.max(model.weights.output, model.weights.reasoning)
}
