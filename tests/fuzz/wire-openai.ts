import type { Answer } from './answer'
import { type Event, type Style, toEventStream, toJson } from './style'

type Json = Record<string, unknown>
const HEAD = { id: 'chatcmpl-1', created: 1_700_000_000, model: 'the-model' }

const usageOf = ({ usage }: Answer): Json =>
  usage
    ? {
        usage: {
          prompt_tokens: usage.input,
          completion_tokens: usage.output,
          total_tokens: usage.input + usage.output,
          prompt_tokens_details: { cached_tokens: usage.cached },
          completion_tokens_details: { reasoning_tokens: usage.reasoning },
        },
      }
    : {}

const finishOf = ({ calls, isShort }: Answer) =>
  isShort ? 'length' : calls.length > 0 ? 'tool_calls' : 'stop'

/** A chat completion. */
export function openaiWhole(answer: Answer, style: Style): string {
  const text = answer.text.join('')
  const reasoning = answer.reasoning.join('')
  const calls = answer.calls.map(({ id, name, pieces }) => ({
    id,
    type: 'function',
    function: { name, arguments: pieces.join('') },
  }))
  const message = {
    role: 'assistant',
    content: text || calls.length === 0 ? text : null,
    ...(reasoning ? { reasoning_content: reasoning } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
  const choices = [{ index: 0, message, finish_reason: finishOf(answer) }]
  return toJson({ ...HEAD, object: 'chat.completion', choices, ...usageOf(answer) }, style)
}

/** The same as chunks. `cutAfter` events come of a stream that breaks off. */
export function openaiStream(answer: Answer, style: Style, cutAfter: number | null): string {
  const chunk = (delta: Json, more: Json = {}, finish: string | null = null): Event => ({
    data: {
      ...HEAD,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...(style.usageAt === 'each' ? usageOf(answer) : {}),
      ...more,
    },
  })
  const events = [
    chunk({ role: 'assistant', content: '' }),
    ...answer.reasoning.map((reasoning_content) => chunk({ reasoning_content })),
    ...answer.text.map((content) => chunk({ content })),
    ...callDeltas(answer, style).map((delta) => chunk({ tool_calls: [delta] })),
  ]
  if (cutAfter !== null) return toEventStream(events.slice(0, cutAfter), { ...style, lastEnd: 'whole' })
  events.push(chunk({}, style.usageAt === 'finish' ? usageOf(answer) : {}, finishOf(answer)))
  if (answer.usage && style.usageAt === 'own')
    events.push({ data: { ...HEAD, object: 'chat.completion.chunk', choices: [], ...usageOf(answer) } })
  if (style.done) events.push({ data: style.done })
  return toEventStream(events, style)
}

/** The first delta of a call has its id and name; those that follow have its index alone, or the name once more. */
function callDeltas({ calls }: Answer, style: Style): Json[] {
  const ofEach = calls.map(({ id, name, pieces }, index) =>
    pieces.map((piece, at) => ({
      index,
      ...(at === 0 ? { id, type: 'function' } : {}),
      function: { ...(at === 0 || style.repeatsNames ? { name } : {}), arguments: piece },
    })),
  )
  if (!style.interleavesCalls) return ofEach.flat()
  const longest = Math.max(0, ...ofEach.map(({ length }) => length))
  return Array.from({ length: longest }, (_, at) =>
    ofEach.flatMap((deltas) => deltas.slice(at, at + 1)),
  ).flat()
}
