import fc from 'fast-check'
import { type Answer, answers } from './answer'
import { type Style, styles, toChunks } from './style'
import { anthropicStream, anthropicWhole } from './wire-anthropic'
import { googleStream, googleWhole } from './wire-google'
import { openaiStream, openaiWhole } from './wire-openai'
import { responsesStream, responsesWhole } from './wire-responses'

export const ADAPTERS = ['openai', 'responses', 'anthropic', 'google'] as const
export type AdapterName = (typeof ADAPTERS)[number]

export const INTERFACES = [
  'invoke',
  'invoke as a stream',
  'chat',
  'chat as a stream',
  'responses',
  'responses as a stream',
  'mcp',
] as const
export type InterfaceName = (typeof INTERFACES)[number]

/** One call: who is asked, through which interface, and what the provider answers in which form. */
export type Case = {
  adapter: AdapterName
  through: InterfaceName
  answer: Answer
  style: Style
  /** How many events come of a stream that breaks off, or null for a whole one. */
  cutAfter: number | null
}

export const cases: fc.Arbitrary<Case> = fc
  .record({
    adapter: fc.constantFrom(...ADAPTERS),
    through: fc.constantFrom(...INTERFACES),
    answer: answers,
    style: styles,
    cutAfter: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 8 }),
  })
  // A server that speaks /responses itself is asked for it through that interface alone.
  .map((one) =>
    one.adapter === 'responses' && !one.through.startsWith('responses')
      ? { ...one, through: 'responses' }
      : one,
  )

const WRITERS = {
  openai: { whole: openaiWhole, stream: openaiStream },
  responses: { whole: responsesWhole, stream: responsesStream },
  anthropic: { whole: anthropicWhole, stream: anthropicStream },
  google: { whole: googleWhole, stream: googleStream },
}

export type Sent = { contentType: string; chunks: Buffer[] }

/** What the provider's server sends for this case, by whether the hub asked it for a stream. */
export function toWire({ adapter, answer, style, cutAfter }: Case, isStream: boolean): Sent {
  const writer = WRITERS[adapter]
  if (isStream)
    return { contentType: style.contentType, chunks: toChunks(writer.stream(answer, style, cutAfter), style) }
  const whole = writer.whole(answer, style)
  // A whole answer that breaks off is no JSON any more.
  const text = cutAfter === null ? whole : whole.slice(0, Math.floor(whole.length / 2))
  return { contentType: 'application/json', chunks: toChunks(text, style) }
}
