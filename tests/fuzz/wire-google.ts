import type { Answer } from './answer'
import { type Style, toEventStream, toJson } from './style'

type Json = Record<string, unknown>

/** Google counts what was thought beside the candidates. */
const usageOf = ({ usage }: Answer): Json =>
  usage
    ? {
        usageMetadata: {
          promptTokenCount: usage.input,
          cachedContentTokenCount: usage.cached,
          candidatesTokenCount: usage.output - usage.reasoning,
          thoughtsTokenCount: usage.reasoning,
          totalTokenCount: usage.input + usage.output,
        },
      }
    : {}

const finishOf = ({ isShort }: Answer) => (isShort ? 'MAX_TOKENS' : 'STOP')

const callParts = ({ calls }: Answer): Json[] =>
  calls.map(({ name, pieces }) => ({ functionCall: { name, args: JSON.parse(pieces.join('')) } }))

/** An answer of generateContent. */
export function googleWhole(answer: Answer, style: Style): string {
  const reasoning = answer.reasoning.join('')
  const text = answer.text.join('')
  const parts = [
    ...(reasoning ? [{ text: reasoning, thought: true }] : []),
    ...(text ? [{ text }] : []),
    ...callParts(answer),
  ]
  return toJson(frame(parts, finishOf(answer), usageOf(answer)), style)
}

/** The chunks of streamGenerateContent. */
export function googleStream(answer: Answer, style: Style, cutAfter: number | null): string {
  const parts: Json[] = [
    ...answer.reasoning.map((text) => ({ text, thought: true })),
    ...answer.text.map((text) => ({ text })),
    ...callParts(answer),
  ]
  const each = style.usageAt === 'each' ? usageOf(answer) : {}
  const chunks = parts.map((part) => ({ data: frame([part], null, each) }))
  if (cutAfter !== null) return toEventStream(chunks.slice(0, cutAfter), { ...style, lastEnd: 'whole' })
  const end = { data: frame([{ text: '' }], finishOf(answer), usageOf(answer)) }
  return toEventStream([...chunks, end], style)
}

function frame(parts: Json[], finishReason: string | null, usage: Json): Json {
  const candidate = { content: { role: 'model', parts }, ...(finishReason ? { finishReason } : {}), index: 0 }
  return { candidates: [candidate], ...usage, modelVersion: 'the-model', responseId: 'response-1' }
}
