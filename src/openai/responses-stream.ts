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
  #open: OutputPart | null = null
  readonly #output: Json[] = []
  /** Calls by their index in the chat's stream. */
  readonly #calls = new Map<number, CallPart>()

  constructor(private readonly frame: ResponseFrame) {}

  /** The events that one chunk of the chat becomes. */
  push(chunk: Json): ResponseEvent[] {
    const events = this.#begin()
    this.#usage = toResponseUsage(chunk.usage) ?? this.#usage
    const choice = Array.isArray(chunk.choices) ? chunk.choices[0] : null
    if (!isObject(choice)) return events
    if (choice.finish_reason != null) this.#finishReason = choice.finish_reason
    if (isObject(choice.delta)) events.push(...this.#pushDelta(choice.delta))
    return events
  }

  /** The last events of a stream that came to its end. */
  finish(): ResponseEvent[] {
    const end = endOf(this.#finishReason)
    const status = String(end.status)
    const closing = [...this.#begin(), ...this.#close(status)]
    const response = this.#response({ ...end, usage: this.#usage })
    return [...closing, this.#event(`response.${status}`, { response })]
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
    if (typeof delta.content === 'string' && delta.content) events.push(...this.#add(TextPart, delta.content))
    if (typeof delta.refusal === 'string' && delta.refusal)
      events.push(...this.#add(RefusalPart, delta.refusal))
    const calls = Array.isArray(delta.tool_calls) ? delta.tool_calls.filter(isObject) : []
    for (const call of calls) events.push(...this.#pushCall(call))
    return events
  }

  /** Text goes on in the part that is open, or begins one of its kind. */
  #add(Kind: new (id: string, index: number) => OutputPart, text: string): ResponseEvent[] {
    if (this.#open instanceof Kind) return this.#events(this.#open.add(text))
    const part = new Kind(this.#nextName(), this.#output.length + (this.#open ? 1 : 0))
    return [...this.#opened(part), ...this.#events(part.add(text))]
  }

  #pushCall(call: Json): ResponseEvent[] {
    const at = typeof call.index === 'number' ? call.index : 0
    const asked = isObject(call.function) ? call.function : {}
    const text = typeof asked.arguments === 'string' ? asked.arguments : ''
    const known = this.#calls.get(at)
    if (known) return text ? this.#events(known.add(text)) : []
    const part = new CallPart(this.#nextName(), this.#output.length + (this.#open ? 1 : 0))
    part.call = { callId: String(call.id ?? ''), name: String(asked.name ?? ''), text: '' }
    this.#calls.set(at, part)
    return [...this.#opened(part), ...(text ? this.#events(part.add(text)) : [])]
  }

  #nextName(): string {
    return `${this.frame.id.replace(/^resp_/, '')}_${this.#output.length + (this.#open ? 1 : 0)}`
  }

  #opened(part: OutputPart): ResponseEvent[] {
    const closed = this.#close('completed')
    this.#open = part
    return [...closed, ...this.#events(part.begin())]
  }

  #close(status: string): ResponseEvent[] {
    if (!this.#open) return []
    const part = this.#open
    this.#open = null
    this.#output.push(part.item(status))
    return this.#events(part.end(status))
  }

  #events(given: (Json & { type: string })[]): ResponseEvent[] {
    return given.map(({ type, ...fields }) => this.#event(type, fields))
  }

  #event(type: string, fields: Json): ResponseEvent {
    return { type, sequence_number: this.#sequence++, ...fields }
  }

  #response(given: Json): Json {
    const open = this.#open ? [this.#open.item('incomplete')] : []
    return responseOf(this.frame, { output: [...this.#output, ...open], ...given })
  }
}
