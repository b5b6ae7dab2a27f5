import { callItem, messageItem, reasoningItem, textPart } from './responses-object'

type Json = Record<string, unknown>
type Event = Json & { type: string }

/** One item of a response's output while it is being streamed: what tells of its begin, of more of it, of its end. */
export abstract class OutputPart {
  protected text = ''
  #status: string | null = null

  constructor(
    protected readonly name: string,
    protected readonly index: number,
  ) {}

  abstract item(status: string): Json
  protected abstract opening(): Event[]
  protected abstract delta(text: string): Event
  protected abstract closing(): Event[]

  get isOpen(): boolean {
    return this.#status === null
  }

  /** The item as far as it has come; one that never ended is incomplete. */
  current(): Json {
    return this.item(this.#status ?? 'incomplete')
  }

  begin(): Event[] {
    const item = this.item('in_progress')
    return [{ type: 'response.output_item.added', output_index: this.index, item }, ...this.opening()]
  }

  add(text: string): Event[] {
    this.text += text
    return [this.delta(text)]
  }

  end(status: string): Event[] {
    this.#status = status
    const item = this.item(status)
    return [...this.closing(), { type: 'response.output_item.done', output_index: this.index, item }]
  }

  /** Where in the output something happens. */
  protected place(more: Json = {}): Json {
    return { item_id: this.item('').id, output_index: this.index, ...more }
  }
}

abstract class ContentPart extends OutputPart {
  protected abstract part(): Json

  item(status: string): Json {
    return messageItem(this.name, status, status === 'in_progress' ? [] : [this.part()])
  }

  protected at(more: Json = {}): Json {
    return this.place({ content_index: 0, ...more })
  }

  protected opening(): Event[] {
    return [{ type: 'response.content_part.added', ...this.at({ part: this.part() }) }]
  }

  protected contentDone(): Event {
    return { type: 'response.content_part.done', ...this.at({ part: this.part() }) }
  }
}

/** What the model says. */
export class TextPart extends ContentPart {
  protected part(): Json {
    return textPart(this.text)
  }

  protected delta(delta: string): Event {
    return { type: 'response.output_text.delta', ...this.at({ delta, logprobs: [] }) }
  }

  protected closing(): Event[] {
    const done = { type: 'response.output_text.done', ...this.at({ text: this.text, logprobs: [] }) }
    return [done, this.contentDone()]
  }
}

/** What the model says instead of what was asked. */
export class RefusalPart extends ContentPart {
  protected part(): Json {
    return { type: 'refusal', refusal: this.text }
  }

  protected delta(delta: string): Event {
    return { type: 'response.refusal.delta', ...this.at({ delta }) }
  }

  protected closing(): Event[] {
    return [{ type: 'response.refusal.done', ...this.at({ refusal: this.text }) }, this.contentDone()]
  }
}

/** What the model thinks, told as a summary: the form that clients show. */
export class ReasoningPart extends OutputPart {
  item(status: string): Json {
    return reasoningItem(this.name, status === 'in_progress' ? '' : this.text)
  }

  protected opening(): Event[] {
    const part = { type: 'summary_text', text: '' }
    return [{ type: 'response.reasoning_summary_part.added', ...this.place({ summary_index: 0, part }) }]
  }

  protected delta(delta: string): Event {
    return { type: 'response.reasoning_summary_text.delta', ...this.place({ summary_index: 0, delta }) }
  }

  protected closing(): Event[] {
    const { text } = this
    const at = this.place({ summary_index: 0 })
    return [
      { type: 'response.reasoning_summary_text.done', ...at, text },
      { type: 'response.reasoning_summary_part.done', ...at, part: { type: 'summary_text', text } },
    ]
  }
}

/** A call of one of the caller's functions. */
export class CallPart extends OutputPart {
  call = { callId: '', name: '', text: '' }

  item(status: string): Json {
    return callItem(this.name, status, { ...this.call, text: this.text })
  }

  protected opening(): Event[] {
    return []
  }

  protected delta(delta: string): Event {
    return { type: 'response.function_call_arguments.delta', ...this.place({ delta }) }
  }

  protected closing(): Event[] {
    const { name } = this.call
    return [{ type: 'response.function_call_arguments.done', ...this.place({ name, arguments: this.text }) }]
  }
}
