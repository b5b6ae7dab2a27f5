import { textOfContent, thoughtIn } from '../../domain/models/counted-text'
import { readUsage } from '../../domain/models/usage'
import { isObject } from './responses-input'

type Json = Record<string, unknown>

/** What a response is known by, and the request that it answers. */
export type ResponseFrame = { id: string; createdAt: number; model: string; request: Json }

/** A response as far as it is known: `output` and `usage` as given, and the request's settings. */
export function responseOf(frame: ResponseFrame, given: Json): Json {
  const { id, createdAt, model, request } = frame
  return {
    id,
    object: 'response',
    created_at: createdAt,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    metadata: request.metadata ?? {},
    model,
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null, ...(isObject(request.reasoning) ? request.reasoning : {}) },
    store: false,
    temperature: request.temperature ?? null,
    text: { format: { type: 'text' }, ...(isObject(request.text) ? request.text : {}) },
    tool_choice: request.tool_choice ?? 'auto',
    tools: request.tools ?? [],
    top_p: request.top_p ?? null,
    truncation: 'disabled',
    user: request.user ?? null,
    ...given,
  }
}

/** A whole chat.completion as a response. */
export function toResponse(completion: Json, frame: ResponseFrame): Json {
  const choice = Array.isArray(completion.choices) ? completion.choices[0] : null
  const message = isObject(choice) && isObject(choice.message) ? choice.message : {}
  const reason = isObject(choice) ? choice.finish_reason : null
  const ended = endOf(reason)
  const output = outputOf(message, frame.id, ended.status as string)
  return responseOf(frame, { ...ended, output, usage: toResponseUsage(completion.usage) })
}

/** Whether a chat's answer is complete, by why it ended. */
export function endOf(finishReason: unknown): Json {
  if (finishReason === 'length') {
    return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
  }
  if (finishReason === 'content_filter') {
    return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }
  }
  return { status: 'completed' }
}

/** A chat's usage in the words of responses; null where nothing was reported, or nothing that can be counts. */
export function toResponseUsage(told: unknown): Json | null {
  const usage = readUsage(told)
  if (!usage) return null
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage
  const written = usage.cacheWrite5mTokens + usage.cacheWrite1hTokens
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedInputTokens, cache_write_tokens: written },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  }
}

/** What a model thought, in a chat's message or delta. */
export function reasoningIn(message: Json): string {
  const text = message.reasoning_content || message.reasoning
  return typeof text === 'string' ? text : thoughtIn(message.content)
}

export const reasoningItem = (id: string, text: string) => ({
  id: `rs_${id}`,
  type: 'reasoning',
  summary: text === '' ? [] : [{ type: 'summary_text', text }],
})

export const textPart = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] })

export const messageItem = (id: string, status: string, content: Json[]) => ({
  id: `msg_${id}`,
  type: 'message',
  status,
  role: 'assistant',
  content,
})

export const callItem = (
  id: string,
  status: string,
  call: { callId: string; name: string; text: string },
) => ({
  id: `fc_${id}`,
  type: 'function_call',
  status,
  call_id: call.callId,
  name: call.name,
  arguments: call.text,
})

function outputOf(message: Json, id: string, status: string): Json[] {
  const name = (at: number) => `${id.replace(/^resp_/, '')}_${at}`
  const output: Json[] = []
  const reasoning = reasoningIn(message)
  if (reasoning) output.push(reasoningItem(name(0), reasoning))
  const text = textOfContent(message.content, true)
  const refusal = typeof message.refusal === 'string' ? message.refusal : ''
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isObject) : []
  if (text || refusal || calls.length === 0) {
    const content = refusal ? { type: 'refusal', refusal } : textPart(text)
    output.push(messageItem(name(output.length), status, [content]))
  }
  for (const call of calls) {
    const asked = isObject(call.function) ? call.function : {}
    const shown = { callId: String(call.id), name: String(asked.name), text: String(asked.arguments ?? '') }
    output.push(callItem(name(output.length), status, shown))
  }
  return output
}
