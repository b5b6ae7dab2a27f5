import type {
  LanguageModelV3FinishReason,
  LanguageModelV3GenerateResult,
  LanguageModelV3ToolCall,
  LanguageModelV3Usage,
  SharedV3ProviderMetadata,
} from '@ai-sdk/provider'
import { showDigits } from '../../platform/kernel/exact-json'
import { isObject, type JsonObject } from './translate-json'

/** What an answer is called by: the provider's own id, or one of the hub's. */
export type AnswerName = { id: string; created: number; model: string }

/** The AI SDK's result as an OpenAI `chat.completion`. */
export function toCompletion(result: LanguageModelV3GenerateResult, name: AnswerName): JsonObject {
  const textsOf = (type: 'text' | 'reasoning') =>
    result.content.flatMap((part) => (part.type === type ? [part.text] : [])).join('')
  const calls = result.content.flatMap((part) =>
    part.type === 'tool-call' && !part.providerExecuted ? [toToolCall(part)] : [],
  )
  const text = textsOf('text')
  const reasoning = textsOf('reasoning')
  const message = {
    role: 'assistant',
    content: text || calls.length === 0 ? text : null,
    refusal: null,
    ...(reasoning ? { reasoning_content: reasoning } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
  const usage = toUsage(result.usage)
  return {
    id: name.id,
    object: 'chat.completion',
    created: name.created,
    model: name.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(result.finishReason) }],
    ...(usage ? { usage } : {}),
  }
}

function toToolCall(call: LanguageModelV3ToolCall): JsonObject {
  return {
    id: call.toolCallId,
    type: 'function',
    function: { name: call.toolName, arguments: showDigits(call.input || '{}') },
    ...extraContent(call.providerMetadata),
  }
}

/** What Google's models want to see again with their calls, where Google's own OpenAI-compatible API puts it. */
export function extraContent(metadata: SharedV3ProviderMetadata | undefined): JsonObject {
  const signature = metadata?.google?.thoughtSignature
  return typeof signature === 'string' ? { extra_content: { google: { thought_signature: signature } } } : {}
}

export function finishReason({ unified }: LanguageModelV3FinishReason): string {
  switch (unified) {
    case 'length':
      return 'length'
    case 'content-filter':
      return 'content_filter'
    case 'tool-calls':
      return 'tool_calls'
    default:
      return 'stop'
  }
}

const written = (tokens: number | undefined) => (tokens ? { cache_write_tokens: tokens } : {})

/**
 * The AI SDK's counts in OpenAI's words; null where the provider told nothing. Its totals hold what was cached
 * (Anthropic's own `input_tokens` does not) and what was thought.
 */
export function toUsage({ inputTokens, outputTokens, raw }: LanguageModelV3Usage): JsonObject | null {
  const [input, output] = [inputTokens.total, outputTokens.total]
  if (raw === undefined || input === undefined || output === undefined) return null
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: inputTokens.cacheRead ?? 0, ...written(inputTokens.cacheWrite) },
    ...(isObject(raw.cache_creation) ? { cache_creation: raw.cache_creation } : {}),
    completion_tokens_details: { reasoning_tokens: outputTokens.reasoning ?? 0 },
  }
}
