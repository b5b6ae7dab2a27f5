import type { TokenWeights } from '../tools/tool'

/** A provider's own counts. Cached input is a part of the input, reasoning a part of the output. */
export type ModelUsage = {
  inputTokens: number
  cachedInputTokens: number
  outputTokens: number
  reasoningTokens: number
}

/** More than this is not believed of a provider. */
const MOST_REPORTED = 1_000_000_000

/**
 * The counts of an OpenAI `usage` object, of a chat (`prompt_tokens`), of embeddings, or of a response
 * (`input_tokens`); null where it holds no count that can be believed. Details that cannot be are taken as 0.
 */
export function readUsage(usage: unknown): ModelUsage | null {
  if (!isObject(usage)) return null
  const input = count(usage.prompt_tokens ?? usage.input_tokens)
  const total = count(usage.total_tokens)
  const output = count(usage.completion_tokens ?? usage.output_tokens) ?? difference(total, input)
  if (input === null || output === null) return null
  const inputDetails = usage.prompt_tokens_details ?? usage.input_tokens_details
  const outputDetails = usage.completion_tokens_details ?? usage.output_tokens_details
  return {
    inputTokens: input,
    cachedInputTokens: Math.min(input, detail(inputDetails, 'cached_tokens')),
    outputTokens: output,
    reasoningTokens: Math.min(output, detail(outputDetails, 'reasoning_tokens')),
  }
}

/** The same counts as a chat's `usage` object. */
export function toChatUsage(usage: ModelUsage) {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedInputTokens },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  }
}

/** What a call costs of the plan's tokens: each kind by its weight in percent, rounded up once. */
export function weigh(usage: ModelUsage, weights: TokenWeights): number {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage
  const hundredths =
    (inputTokens - cachedInputTokens) * weights.input +
    cachedInputTokens * weights.cachedInput +
    (outputTokens - reasoningTokens) * weights.output +
    reasoningTokens * weights.reasoning
  return Math.ceil(hundredths / 100)
}

/** Embeddings report what went in and a total. */
function difference(total: number | null, input: number | null): number | null {
  if (input === null) return null
  return total === null ? 0 : Math.max(0, total - input)
}

function detail(details: unknown, name: string): number {
  return isObject(details) ? (count(details[name]) ?? 0) : 0
}

function count(value: unknown): number | null {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MOST_REPORTED
    ? (value as number)
    : null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
