import type { LanguageModelV3StreamPart } from '@ai-sdk/provider'
import { showDigits } from '../../platform/kernel/exact-json'
import type { ModelEvent } from './adapter'
import type { JsonObject } from './translate-json'
import { type AnswerName, extraContent, finishReason, toUsage } from './translate-result'

type Part = LanguageModelV3StreamPart

/** Turns the AI SDK's parts into OpenAI's `chat.completion.chunk` events, one part at a time. */
export class ChunkWriter {
  #hasBegun = false
  /** The tool calls that were begun, by their id: their index, and whether arguments have come. */
  readonly #calls = new Map<string, { index: number; hasArguments: boolean }>()

  constructor(private readonly name: AnswerName) {}

  /** The events of one part; none for what OpenAI's streams do not tell. */
  write(part: Part): ModelEvent[] {
    switch (part.type) {
      case 'text-delta':
        return part.delta ? this.#delta({ content: part.delta }) : []
      case 'reasoning-delta':
        return part.delta ? this.#delta({ reasoning_content: part.delta }) : []
      case 'tool-input-start':
        return part.providerExecuted ? [] : this.#beginCall(part.id, part.toolName, part.providerMetadata)
      case 'tool-input-delta':
        return this.#addArguments(part.id, part.delta)
      case 'tool-call':
        return part.providerExecuted ? [] : this.#wholeCall(part)
      case 'finish':
        return this.#finish(part)
      default:
        return []
    }
  }

  #beginCall(id: string, name: string, metadata: Extract<Part, { type: 'tool-call' }>['providerMetadata']) {
    const index = this.#calls.size
    this.#calls.set(id, { index, hasArguments: false })
    const call = { index, id, type: 'function', function: { name, arguments: '' } }
    return this.#delta({ tool_calls: [{ ...call, ...extraContent(metadata) }] })
  }

  #addArguments(id: string, delta: string): ModelEvent[] {
    const call = this.#calls.get(id)
    if (!call || !delta) return []
    call.hasArguments = true
    return this.#delta({ tool_calls: [{ index: call.index, function: { arguments: showDigits(delta) } }] })
  }

  /** Providers that do not stream a call's arguments send it whole; those that do say it again here. */
  #wholeCall(part: Extract<Part, { type: 'tool-call' }>): ModelEvent[] {
    const { toolCallId, toolName, input, providerMetadata } = part
    const begun = this.#calls.has(toolCallId) ? [] : this.#beginCall(toolCallId, toolName, providerMetadata)
    if (this.#calls.get(toolCallId)?.hasArguments) return begun
    return [...begun, ...this.#addArguments(toolCallId, input || '{}')]
  }

  #finish(part: Extract<Part, { type: 'finish' }>): ModelEvent[] {
    const usage = toUsage(part.usage)
    return [
      ...this.#delta({}, finishReason(part.finishReason)),
      ...(usage ? [this.#event({ choices: [], usage })] : []),
    ]
  }

  #delta(delta: JsonObject, finish: string | null = null): ModelEvent[] {
    const choice = (shown: JsonObject, reason: string | null) =>
      this.#event({ choices: [{ index: 0, delta: shown, logprobs: null, finish_reason: reason }] })
    const events = [choice(delta, finish)]
    if (!this.#hasBegun) events.unshift(choice({ role: 'assistant', content: '', refusal: null }, null))
    this.#hasBegun = true
    return events
  }

  #event(fields: JsonObject): ModelEvent {
    const { id, created, model } = this.name
    const value = { id, object: 'chat.completion.chunk', created, model, ...fields }
    return { data: JSON.stringify(value), value }
  }
}
