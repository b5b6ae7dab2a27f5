import fc from 'fast-check'
import { cutAt } from './answer'

/** How the same answer may be written down: all of it is legal. */
export type Style = {
  lineEnd: '\n' | '\r\n' | '\r'
  /** Text before every nth event. */
  comments: string[]
  /** `data:x` or `data: x`. */
  spaced: boolean
  /** An event's JSON over several `data:` lines. */
  isPretty: boolean
  reversedFields: boolean
  /** What stands before the first event. */
  bom: boolean
  /** How the last event ends. */
  lastEnd: '' | 'line' | 'whole'
  done: '[DONE]' | '[DONE] ' | ''
  /** Names and calls as some servers repeat or order them. */
  repeatsNames: boolean
  interleavesCalls: boolean
  usageAt: 'own' | 'finish' | 'each'
  contentType: string
  /** Where the bytes are cut into chunks, in thousandths of all. */
  borders: number[]
  seed: number
}

/** Comments, fields of their own, fields that nobody knows, empty events. */
const COMMENTS = [': ping', ':', 'id: 7', 'retry: 10', 'id', 'x-field: y', 'data:', 'data', '']

export const styles: fc.Arbitrary<Style> = fc.record({
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  comments: fc.array(fc.constantFrom(...COMMENTS), { maxLength: 4 }),
  spaced: fc.boolean(),
  isPretty: fc.boolean(),
  reversedFields: fc.boolean(),
  bom: fc.boolean(),
  lastEnd: fc.constantFrom('', 'line', 'whole'),
  done: fc.constantFrom('[DONE]', '[DONE] ', ''),
  repeatsNames: fc.boolean(),
  interleavesCalls: fc.boolean(),
  usageAt: fc.constantFrom('own', 'finish', 'each'),
  contentType: fc.constantFrom('text/event-stream', 'text/event-stream; charset=utf-8', 'Text/Event-Stream'),
  borders: fc.array(fc.nat(1_000), { maxLength: 12 }),
  seed: fc.nat(1_000_000),
})

/** What a server sends: its status, headers, and body a chunk at a time. */
export type Sent = { status: number; headers: Record<string, string>; chunks: Buffer[] }

export type Event = { name?: string | undefined; data: unknown }

/** Server-sent events as text. */
export function toEventStream(events: Event[], style: Style): string {
  const { lineEnd, spaced, comments } = style
  const space = spaced ? ' ' : ''
  const blocks = events.map(({ name, data }, at) => {
    const before = comments[at % 5]
    const text = typeof data === 'string' ? data : toJson(data, style)
    return [
      // A comment, a field of its own, or an empty event.
      ...(before === undefined ? [] : before.startsWith('data') ? [before, ''] : [before]),
      ...(name === undefined ? [] : [`event:${space}${name}`]),
      ...text.split(/\r\n|\n|\r/).map((line) => `data:${space}${line}`),
    ].join(lineEnd)
  })
  const end = { '': '', line: lineEnd, whole: lineEnd + lineEnd }[style.lastEnd]
  return (style.bom ? '\ufeff' : '') + blocks.join(lineEnd + lineEnd) + end
}

/** JSON with the fields of every object in another order, or over several lines. */
export function toJson(value: unknown, { isPretty, reversedFields }: Style): string {
  return JSON.stringify(reversedFields ? reversed(value) : value, null, isPretty ? 1 : undefined)
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, one]) => [name, reversed(one)]),
  )
}

/** The bytes of a text in chunks whose borders lie anywhere, also inside of a character. */
export function toChunks(text: string, { borders }: Style): Buffer[] {
  const bytes = Buffer.from(text)
  const places = cutAt(
    'x'.repeat(bytes.length),
    borders.map((at) => Math.floor((bytes.length * at) / 1_000)),
  )
  let from = 0
  return places.map(({ length }) => {
    from += length
    return bytes.subarray(from - length, from)
  })
}
