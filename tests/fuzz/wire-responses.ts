import type { Answer } from './answer'
import { type Event, type Style, toEventStream, toJson } from './style'

type Json = Record<string, unknown>

/** A response of a server that speaks OpenAI's newer API itself. */
export function responsesWhole(answer: Answer, style: Style): string {
  return toJson(responseOf(answer, itemsOf(answer)), style)
}

/** The same as events. */
export function responsesStream(answer: Answer, style: Style, cutAfter: number | null): string {
  let sequence_number = 0
  const event = (type: string, fields: Json): Event => ({
    name: type,
    data: { type, sequence_number: sequence_number++, ...fields },
  })
  const begun = { ...responseOf(answer, []), status: 'in_progress', usage: null }
  const events = [event('response.created', { response: begun })]
  itemsOf(answer).forEach((item, output_index) => {
    events.push(
      event('response.output_item.added', { output_index, item: { ...item, status: 'in_progress' } }),
    )
    const pieces = item.type === 'message' ? answer.text : []
    for (const delta of pieces)
      events.push(
        event('response.output_text.delta', { output_index, item_id: item.id, content_index: 0, delta }),
      )
    events.push(event('response.output_item.done', { output_index, item }))
  })
  if (cutAfter !== null) return toEventStream(events.slice(0, cutAfter), { ...style, lastEnd: 'whole' })
  const status = answer.isShort ? 'incomplete' : 'completed'
  events.push(event(`response.${status}`, { response: responseOf(answer, itemsOf(answer)) }))
  return toEventStream(events, style)
}

function responseOf(answer: Answer, output: Json[]): Json {
  const { usage, isShort } = answer
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    status: isShort ? 'incomplete' : 'completed',
    incomplete_details: isShort ? { reason: 'max_output_tokens' } : null,
    error: null,
    model: 'the-model',
    output,
    ...(usage
      ? {
          usage: {
            input_tokens: usage.input,
            input_tokens_details: { cached_tokens: usage.cached },
            output_tokens: usage.output,
            output_tokens_details: { reasoning_tokens: usage.reasoning },
            total_tokens: usage.input + usage.output,
          },
        }
      : {}),
  }
}

function itemsOf(answer: Answer): (Json & { id: string; type: string })[] {
  const text = answer.text.join('')
  const reasoning = answer.reasoning.join('')
  return [
    ...(reasoning
      ? [{ id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: reasoning }] }]
      : []),
    ...(text
      ? [
          {
            id: 'msg_1',
            type: 'message',
            role: 'assistant',
            status: 'completed',
            content: [{ type: 'output_text', text, annotations: [] }],
          },
        ]
      : []),
    ...answer.calls.map(({ id, name, pieces }, at) => ({
      id: `fc_${at}`,
      type: 'function_call',
      status: 'completed',
      call_id: id,
      name,
      arguments: pieces.join(''),
    })),
  ]
}
