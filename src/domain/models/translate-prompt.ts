import type { LanguageModelV3Message, LanguageModelV3Prompt } from '@ai-sdk/provider'
import { hideDigitsIn } from '../../platform/kernel/exact-json'
import { isDeeperThan, MOST_DEPTH } from '../tools/depth'
import { Untranslatable } from './translate-error'
import { isObject, type JsonObject, listOf, textOf } from './translate-json'
import { toUserPart } from './translate-parts'

type Assistant = Extract<LanguageModelV3Message, { role: 'assistant' }>
type ToolMessage = Extract<LanguageModelV3Message, { role: 'tool' }>

/**
 * The messages of an OpenAI chat as the AI SDK's prompt. System and developer messages go to the front, in their
 * order: neither provider takes them between the others, and as a user's words they would lose their rank.
 */
export function toPrompt(messages: unknown): LanguageModelV3Prompt {
  const system: LanguageModelV3Prompt = []
  const rest: LanguageModelV3Prompt = []
  const toolNames = new Map<string, string>()
  listOf(messages, 'messages').forEach((message, at) => {
    const field = `messages[${at}]`
    if (!isObject(message)) throw new Untranslatable(`${field} must be an object`)
    switch (message.role) {
      case 'system':
      case 'developer':
        system.push({ role: 'system', content: textOf(message.content, `${field}.content`) })
        break
      case 'user':
        rest.push({ role: 'user', content: userContent(message.content, field) })
        break
      case 'assistant':
        rest.push(toAssistant(message, field, toolNames))
        break
      case 'tool':
        addToolResult(rest, message, field, toolNames)
        break
      default:
        throw new Untranslatable(`${field}.role: ${String(message.role)} is not supported by this model`)
    }
  })
  return [...system, ...rest]
}

function userContent(content: unknown, field: string) {
  if (typeof content === 'string') return [{ type: 'text' as const, text: content }]
  return listOf(content, `${field}.content`).map((part, at) => toUserPart(part, `${field}.content[${at}]`))
}

function toAssistant(message: JsonObject, field: string, toolNames: Map<string, string>): Assistant {
  if (message.function_call != null || message.audio != null)
    throw new Untranslatable(`${field}: function_call and audio are not supported by this model`)
  const text = message.content == null ? '' : textOf(message.content, `${field}.content`)
  const said = text || (typeof message.refusal === 'string' ? message.refusal : '')
  const calls = message.tool_calls == null ? [] : listOf(message.tool_calls, `${field}.tool_calls`)
  const content: Assistant['content'] = said ? [{ type: 'text', text: said }] : []
  calls.forEach((call, at) => {
    content.push(toToolCall(call, `${field}.tool_calls[${at}]`, toolNames))
  })
  return { role: 'assistant', content }
}

function toToolCall(
  call: unknown,
  field: string,
  toolNames: Map<string, string>,
): Assistant['content'][number] {
  if (!isObject(call) || !isObject(call.function)) {
    throw new Untranslatable(`${field} must be a call of a function`)
  }
  const toolCallId = String(call.id)
  const toolName = String(call.function.name)
  toolNames.set(toolCallId, toolName)
  const signature = thoughtSignature(call.extra_content)
  return {
    type: 'tool-call',
    toolCallId,
    toolName,
    input: readArguments(call.function.arguments, `${field}.function.arguments`),
    ...(signature === null ? {} : { providerOptions: { google: { thoughtSignature: signature } } }),
  }
}

/** Where Google's own OpenAI-compatible API puts what its models want to see again with their calls. */
function thoughtSignature(extra: unknown): string | null {
  const google = isObject(extra) ? extra.google : null
  return isObject(google) && typeof google.thought_signature === 'string' ? google.thought_signature : null
}

function readArguments(text: unknown, field: string): unknown {
  if (text === '' || text == null) return {}
  const value = parseText(String(text), field)
  if (isDeeperThan(value, MOST_DEPTH))
    throw new Untranslatable(`${field}: JSON of at most ${MOST_DEPTH} levels is supported by this model`)
  return value
}

function parseText(text: string, field: string): unknown {
  try {
    return JSON.parse(hideDigitsIn(text))
  } catch {
    throw new Untranslatable(`${field} must be JSON`)
  }
}

/** Results that follow one another answer the calls of one message, and stand in one. */
function addToolResult(
  prompt: LanguageModelV3Prompt,
  message: JsonObject,
  field: string,
  toolNames: Map<string, string>,
): void {
  const toolCallId = String(message.tool_call_id)
  const toolName = toolNames.get(toolCallId)
  if (toolName === undefined) {
    throw new Untranslatable(`${field}.tool_call_id: no message before has a call with this id`)
  }
  const part: ToolMessage['content'][number] = {
    type: 'tool-result',
    toolCallId,
    toolName,
    output: { type: 'text', value: textOf(message.content ?? '', `${field}.content`) },
  }
  const last = prompt.at(-1)
  if (last?.role === 'tool') last.content.push(part)
  else prompt.push({ role: 'tool', content: [part] })
}
