import type { TokenWeights } from '../tools/tool'
import type { ModelAsk, ModelUsage } from './adapter'

type Json = Record<string, unknown>

/** No limit is higher, and sums of a few such counts stay exact. */
const LARGEST_COUNT = 1e15

/** Cached input by the names of OpenAI, DeepSeek, Moonshot, Anthropic and Google. */
const CACHED = [
  'prompt_cache_hit_tokens',
  'cached_tokens',
  'cache_read_input_tokens',
  'cachedContentTokenCount',
]
const CACHED_DETAILS = ['cached_tokens', 'cache_read_tokens', 'cache_read_input_tokens']
const WRITTEN = ['cache_creation_input_tokens', 'cache_write_input_tokens']
const WRITTEN_DETAILS = ['cache_write_tokens', 'cache_creation_tokens', 'cache_creation_input_tokens']

/**
 * The counts of a provider's `usage` object, of a chat (`prompt_tokens`), of embeddings, or of a response
 * (`input_tokens`); null if a count is missing or invalid, so that the hub counts. Invalid details are
 * read as 0.
 */
export function readUsage(usage: unknown, api: ModelAsk['api'] = 'chat'): ModelUsage | null {
  if (!isObject(usage)) return null
  const total = count(usage.total_tokens)
  const told = {
    input: countAt(usage, 'prompt_tokens', 'input_tokens'),
    output: countAt(usage, 'completion_tokens', 'output_tokens'),
  }
  if (api === 'embeddings') return ofEmbeddings(usage, Math.max(told.input ?? 0, total ?? 0))
  const input = told.input ?? difference(total, told.output)
  const output = told.output ?? difference(total, input)
  // Every call has input, so a report without input is useless.
  if (input === null || output === null || input + largest(usage, CACHED) === 0) return null
  return withParts(usage, input, output, total)
}

function withParts(usage: Json, told: number, output: number, total: number | null): ModelUsage {
  const cache = cacheOf(usage)
  const outputDetails = detailsOf(usage.completion_tokens_details ?? usage.output_tokens_details)
  const reasoning = Math.max(count(outputDetails.reasoning_tokens) ?? 0, count(usage.reasoning_tokens) ?? 0)
  const cached = cache.read + cache.write5m + cache.write1h
  const untold = Math.max(0, (total ?? 0) - told - output)
  const isInputBeside =
    cached > told || tellsAsAnthropic(usage) || (untold === cached && untold !== reasoning)
  const input = isInputBeside ? told + cached : told
  const beside = besideOf(total, input, output, reasoning)
  return {
    inputTokens: input,
    cachedInputTokens: Math.min(input, cache.read),
    cacheWrite5mTokens: cache.write5m,
    cacheWrite1hTokens: cache.write1h,
    outputTokens: output + beside,
    reasoningTokens: beside === reasoning ? reasoning : Math.min(output + beside, reasoning + beside),
    besideTokens: beside,
  }
}

/** The part of a total beyond input and output, or reasoning that is larger than the output. */
function besideOf(total: number | null, input: number, output: number, reasoning: number): number {
  if (total === null) return reasoning > output ? reasoning : 0
  return Math.max(0, total - input - output)
}

/** Anthropic counts cache reads and cache writes separately from `input_tokens`. */
const tellsAsAnthropic = (usage: Json) =>
  usage.prompt_tokens === undefined &&
  (usage.cache_read_input_tokens !== undefined || usage.cache_creation_input_tokens !== undefined)

function cacheOf(usage: Json): { read: number; write5m: number; write1h: number } {
  const details = detailsOf(usage.prompt_tokens_details ?? usage.input_tokens_details)
  const read = Math.max(largest(usage, CACHED), largest(details, CACHED_DETAILS))
  const kinds = detailsOf(usage.cache_creation ?? details.cache_creation_token_details)
  const write1h = count(kinds.ephemeral_1h_input_tokens) ?? 0
  const written = Math.max(largest(usage, WRITTEN), largest(details, WRITTEN_DETAILS))
  const write5m = Math.max(count(kinds.ephemeral_5m_input_tokens) ?? 0, written - write1h)
  return { read, write5m, write1h }
}

/** Embeddings have no output. */
const ofEmbeddings = (usage: Json, input: number) => (input === 0 ? null : withParts(usage, input, 0, input))

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

/** A provider's `usage` object with other counts, in its own format. Its further fields stay. */
export function usageWith(given: unknown, usage: ModelUsage, api: ModelAsk['api'] = 'chat'): Json {
  const told = detailsOf(given)
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage
  if (api === 'embeddings') return { ...told, prompt_tokens: inputTokens, total_tokens: inputTokens }
  const isOfResponses = api === 'responses' || told.input_tokens !== undefined
  if (told.prompt_tokens !== undefined || !isOfResponses) return { ...told, ...toChatUsage(usage) }
  return {
    ...told,
    input_tokens: inputTokens,
    input_tokens_details: { ...detailsOf(told.input_tokens_details), cached_tokens: cachedInputTokens },
    output_tokens: outputTokens,
    output_tokens_details: { ...detailsOf(told.output_tokens_details), reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  }
}

/** The cost of a call in the plan's tokens: each kind times its weight in percent, rounded up once. */
export function weigh(usage: ModelUsage, weights: TokenWeights): number {
  const { inputTokens, cachedInputTokens, cacheWrite5mTokens, cacheWrite1hTokens } = usage
  const { outputTokens, reasoningTokens } = usage
  const hundredths =
    (inputTokens - cachedInputTokens - cacheWrite5mTokens - cacheWrite1hTokens) * weights.input +
    cachedInputTokens * weights.cachedInput +
    cacheWrite5mTokens * (weights.cacheWrite5m ?? weights.input) +
    cacheWrite1hTokens * (weights.cacheWrite1h ?? weights.input) +
    (outputTokens - reasoningTokens) * weights.output +
    reasoningTokens * weights.reasoning
  return Math.ceil(hundredths / 100)
}

function difference(total: number | null, part: number | null): number | null {
  return total !== null && part !== null && total > part ? total - part : null
}

const detailsOf = (details: unknown): Json => (isObject(details) ? details : NOTHING)
const NOTHING: Json = {}

/** The count under the first of two names that exists. */
const countAt = (usage: Json, name: string, other: string) => count(usage[name] ?? usage[other])

const largest = (from: Json, names: string[]) =>
  names.reduce((most, name) => Math.max(most, count(from[name]) ?? 0), 0)

function count(value: unknown): number | null {
  return Number.isInteger(value) && (value as number) >= 0 ? Math.min(value as number, LARGEST_COUNT) : null
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
