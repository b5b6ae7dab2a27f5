import { textOfContent } from '../models/counted-text'
import { isReason } from '../models/event-stream'

type Json = Record<string, unknown>

type Call = { id: unknown; name: string; given: string; isCustom: boolean; more: Json }

/** Collects the chunks of a chat stream into the response that the same call would have returned without streaming. */
export class ChatSoFar {
  /** All text that arrived, of every choice. */
  produced = ''
  private content = ''
  private refusal = ''
  private model: unknown
  private finish: unknown = null
  private readonly calls = new Map<number, Call>()

  add(value: Json, produced: string): void {
    this.produced += produced
    this.model ??= value.model
    const choices = Array.isArray(value.choices) ? (value.choices as Json[]) : []
    const first = choices.find((choice) => (choice?.index ?? 0) === 0)
    if (!first) return
    if (isReason(first.finish_reason)) this.finish = first.finish_reason
    const delta = (first.delta ?? {}) as Json
    this.content += textOfContent(delta.content, true)
    if (typeof delta.refusal === 'string') this.refusal += delta.refusal
    if (Array.isArray(delta.tool_calls)) for (const call of delta.tool_calls as Json[]) this.addCall(call)
  }

  /** The response so far, in the shape of a chat completion. */
  value(): Json {
    const calls = [...this.calls.values()].map(({ id, name, given, isCustom, more }) => ({
      id,
      ...(isCustom
        ? { type: 'custom', custom: { name, input: given } }
        : { type: 'function', function: { name, arguments: given } }),
      ...more,
    }))
    const message = {
      role: 'assistant',
      content: this.content,
      ...(this.refusal ? { refusal: this.refusal } : {}),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    }
    return { model: this.model, choices: [{ index: 0, message, finish_reason: this.finish }] }
  }

  private addCall(call: Json): void {
    const at = Number(call?.index ?? 0)
    const isCustom = call?.custom !== undefined
    const known = this.calls.get(at) ?? { id: call?.id, name: '', given: '', isCustom, more: {} }
    const { name, arguments: text, input } = (call?.function ?? call?.custom ?? {}) as Json
    const given = text ?? input
    known.name += typeof name === 'string' ? name : ''
    known.given += typeof given === 'string' ? given : ''
    // Google's models require this again together with their calls.
    if (call?.extra_content !== undefined) known.more = { extra_content: call.extra_content }
    this.calls.set(at, known)
  }
}
