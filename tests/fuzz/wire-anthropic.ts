import type { Answer } from './answer'
import { type Event, type Style, toEventStream, toJson } from './style'

type Json = Record<string, unknown>

/** Anthropic's `input_tokens` does not hold what was read from its cache. */
const usageOf = ({ usage }: Answer): Json =>
  usage
    ? {
        usage: {
          input_tokens: usage.input - usage.cached,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: usage.cached,
          output_tokens: usage.output,
        },
      }
    : {}

const stopOf = ({ calls, isShort }: Answer) =>
  isShort ? 'max_tokens' : calls.length > 0 ? 'tool_use' : 'end_turn'
const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'the-model' }

/** A message of Anthropic's Messages API. */
export function anthropicWhole(answer: Answer, style: Style): string {
  const text = answer.text.join('')
  const thinking = answer.reasoning.join('')
  const content = [
    ...(thinking ? [{ type: 'thinking', thinking, signature: 'sig' }] : []),
    ...(text ? [{ type: 'text', text }] : []),
    ...answer.calls.map(({ id, name, pieces }) => ({
      type: 'tool_use',
      id,
      name,
      input: JSON.parse(pieces.join('')),
    })),
  ]
  return toJson(
    { ...head, content, stop_reason: stopOf(answer), stop_sequence: null, ...usageOf(answer) },
    style,
  )
}

/** The same as events. */
export function anthropicStream(answer: Answer, style: Style, cutAfter: number | null): string {
  const blocks: { start: Json; deltas: Json[] }[] = []
  if (answer.reasoning.length > 0)
    blocks.push({
      start: { type: 'thinking', thinking: '', signature: '' },
      deltas: [
        ...answer.reasoning.map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: 'sig' },
      ],
    })
  if (answer.text.length > 0)
    blocks.push({
      start: { type: 'text', text: '' },
      deltas: answer.text.map((text) => ({ type: 'text_delta', text })),
    })
  for (const { id, name, pieces } of answer.calls)
    blocks.push({
      start: { type: 'tool_use', id, name, input: {} },
      deltas: pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
    })
  const started = answer.usage ? { usage: { ...(usageOf(answer).usage as Json), output_tokens: 1 } } : {}
  const begin = [
    named({ type: 'message_start', message: { ...head, content: [], stop_reason: null, ...started } }),
    ...(style.comments.length > 2 ? [named({ type: 'ping' })] : []),
  ]
  const said = blocks.flatMap(({ start, deltas }, index) => [
    named({ type: 'content_block_start', index, content_block: start }),
    ...deltas.map((delta) => named({ type: 'content_block_delta', index, delta })),
    named({ type: 'content_block_stop', index }),
  ])
  if (cutAfter !== null)
    return toEventStream([...begin, ...said].slice(0, cutAfter), { ...style, lastEnd: 'whole' })
  const end = [
    named({
      type: 'message_delta',
      delta: { stop_reason: stopOf(answer), stop_sequence: null },
      ...usageOf(answer),
    }),
    named({ type: 'message_stop' }),
  ]
  return toEventStream([...begin, ...said, ...end], style)
}

const named = (data: Json & { type: string }): Event => ({ name: data.type, data })
