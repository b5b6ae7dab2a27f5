import { textOfContent } from '../../domain/models/counted-text'
import { isReason } from '../../domain/models/event-stream'
import { isObject } from './responses-input'
import { endOf, type ResponseFrame, reasoningIn, responseOf, toResponseUsage } from './responses-object'
import { CallPart, type OutputPart, ReasoningPart, RefusalPart, TextPart } from './responses-parts'

type Json = Record<string, unknown>

/** One event of a response's stream; its `type` is also the event's name. */
export type ResponseEvent = Json & { type: string; sequence_number: number }

/** Turns the chunks of a chat's stream into the events of a response, one chunk at a time. */
export class ResponseWriter {
  #sequence = 0
  #hasBegun = false
  #finishReason: unknown = null
  #usage: Json | null = null
  /** The open text or reasoning part. Calls stay open too, because a chat may continue any of them. */
  #said: OutputPart | null = null
  readonly #parts: OutputPart[] = []
  /** The newest call of each index in the chat's stream. */
  readonly #calls = new Map<number, CallPart>()

  constructor(private readonly frame: ResponseFrame) {}

  /** Turns one chunk of the chat into events. */
  push(chunk: Json): ResponseEvent[] {
    const events = this.#begin()
    this.#usage = toResponseUsage(chunk.usage) ?? this.#usage
    const choice = Array.isArray(chunk.choices) ? chunk.choices[0] : null
    if (!isObject(choice)) return events
    if (isReason(choice.finish_reason)) this.#finishReason = choice.finish_reason
    if (isObject(choice.delta)) events.push(...this.#pushDelta(choice.delta))
    return events
  }

  /** The last events of a complete stream. `counted` is the usage if the upstream reported none. */
  finish(counted: Json | null = null): ResponseEvent[] {
    const end = endOf(this.#finishReason)
    const status = String(end.status)
    const closing = [...this.#begin(), ...this.#parts.flatMap((part) => this.#close(part, status))]
    const response = this.#response({ ...end, usage: this.#toldUsage() ?? counted ?? this.#usage })
    return [...closing, this.#event(`response.${status}`, { response })]
  }

  /** The upstream's usage, unless it reports no output although text arrived. */
  #toldUsage(): Json | null {
    return this.#usage?.output_tokens === 0 && this.#parts.length > 0 ? null : this.#usage
  }

  /** The last event of a stream that broke. */
  fail(code: string, message: string): ResponseEvent[] {
    const begun = this.#begin()
    const error = { code, message }
    const response = this.#response({ status: 'failed', error, usage: this.#usage })
    return [...begun, this.#event('response.failed', { response })]
  }

  #begin(): ResponseEvent[] {
    if (this.#hasBegun) return []
    this.#hasBegun = true
    const response = this.#response({ status: 'in_progress', usage: null })
    return ['response.created', 'response.in_progress'].map((type) => this.#event(type, { response }))
  }

  #pushDelta(delta: Json): ResponseEvent[] {
    const events: ResponseEvent[] = []
    const reasoning = reasoningIn(delta)
    if (reasoning) events.push(...this.#add(ReasoningPart, reasoning))
    const text = textOfContent(delta.content, true)
    if (text) events.push(...this.#add(TextPart, text))
    if (typeof delta.refusal === 'string' && delta.refusal)
      events.push(...this.#add(RefusalPart, delta.refusal))
    const calls = Array.isArray(delta.tool_calls) ? delta.tool_calls.filter(isObject) : []
    for (const call of calls) events.push(...this.#pushCall(call))
    return events
  }

  /** Adds text to the open part, or begins a part of its kind. */
  #add(Kind: new (id: string, index: number) => OutputPart, text: string): ResponseEvent[] {
    if (this.#said instanceof Kind) return this.#events(this.#said.add(text))
    const closed = this.#endSaid()
    const part = new Kind(this.#nextName(), this.#parts.length)
    this.#said = part
    return [...closed, ...this.#opened(part), ...this.#events(part.add(text))]
  }

  #pushCall(call: Json): ResponseEvent[] {
    const asked = isObject(call.function) ? call.function : {}
    const text = typeof asked.arguments === 'string' ? asked.arguments : ''
    const at = typeof call.index === 'number' ? call.index : Math.max(0, this.#calls.size - 1)
    const known = this.#calls.get(at)
    // Servers that send each call whole may give all of them one index, or none.
    const isOther = typeof call.id === 'string' && call.id !== '' && call.id !== known?.call.callId
    if (known && !(isOther && asked.name)) return text ? this.#events(known.add(text)) : []
    const closed = this.#endSaid()
    const part = new CallPart(this.#nextName(), this.#parts.length)
    part.call = { callId: String(call.id ?? ''), name: String(asked.name ?? ''), text: '' }
    this.#calls.set(at, part)
    return [...closed, ...this.#opened(part), ...(text ? this.#events(part.add(text)) : [])]
  }

  #nextName(): string {
    return `${this.frame.id.replace(/^resp_/, '')}_${this.#parts.length}`
  }

  #opened(part: OutputPart): ResponseEvent[] {
    this.#parts.push(part)
    return this.#events(part.begin())
  }

  #endSaid(): ResponseEvent[] {
    const part = this.#said
    this.#said = null
    return part ? this.#close(part, 'completed') : []
  }

  #close(part: OutputPart, status: string): ResponseEvent[] {
    return part.isOpen ? this.#events(part.end(status)) : []
  }

  #events(given: (Json & { type: string })[]): ResponseEvent[] {
    return given.map(({ type, ...fields }) => this.#event(type, fields))
  }

  #event(type: string, fields: Json): ResponseEvent {
    return { type, sequence_number: this.#sequence++, ...fields }
  }

  #response(given: Json): Json {
    return responseOf(this.frame, { output: this.#parts.map((part) => part.current()), ...given })
  }
}
