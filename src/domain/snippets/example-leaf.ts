import type { Schema } from './settled-schema'

export const TEXT = 'The quick brown fox jumps over the lazy dog.'

const TEXTS: Record<string, string> = {
  email: 'somebody@example.org',
  hostname: 'example.org',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.org/',
  url: 'https://example.org/',
  'uri-reference': '/example',
  'json-pointer': '/example',
  uuid: '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01',
  date: '2026-01-31',
  time: '12:00:00Z',
  'date-time': '2026-01-31T12:00:00Z',
  duration: 'P1D',
}

/** Texts that common patterns match. All are short, so that a pattern that backtracks cannot block the process. */
const FOR_PATTERNS = [
  ...[
    'example',
    'Example',
    'EXAMPLE',
    'en',
    'EN',
    'en-US',
    'en_US',
    'EUR',
    'a',
    'A',
    '1',
    '12',
    '123',
    '1234',
  ],
  ...[
    '12345',
    '123456',
    '1.0',
    '1.0.0',
    'v1.0.0',
    '10:30',
    '2026-01',
    '2026-01-31',
    '#336699',
    '336699',
    'ABC-123',
  ],
  ...[
    'abc123',
    'a@example.de',
    '+4930123456',
    'https://a.de',
    '@example',
    '10%',
    '/example',
    'my example',
    '',
  ],
]
const MOST_REPEATED = 12

/** A text with this format, pattern and length. */
export function exampleText({ format, pattern, minLength, maxLength }: Schema): string {
  const least = Math.min(1_000, Number(minLength ?? 0))
  const most = Number(maxLength ?? 1_000_000)
  const known = typeof format === 'string' ? TEXTS[format] : undefined
  if (typeof pattern === 'string') return forPattern(pattern, least, most) ?? known ?? TEXT
  if (known !== undefined) return known
  return TEXT.padEnd(least, ` ${TEXT}`).slice(0, most)
}

function forPattern(pattern: string, least: number, most: number): string | undefined {
  const length = Math.min(MOST_REPEATED, Math.max(least, 1))
  const repeated = ['a', 'A', '1', 'f'].flatMap((one) =>
    [length, ...Array.from({ length: MOST_REPEATED }, (_, at) => at + 1)].map((count) => one.repeat(count)),
  )
  const matches = toMatcher(pattern)
  return [...FOR_PATTERNS, ...repeated].find(
    (text) => text.length >= least && text.length <= most && matches(text),
  )
}

function toMatcher(pattern: string): (text: string) => boolean {
  try {
    const expression = new RegExp(pattern, 'u')
    return (text) => expression.test(text)
  } catch {
    return () => false
  }
}

/** A number within its bounds, an integer if the schema requires one. */
export function exampleNumber(schema: Schema): number {
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  const isWhole = type === 'integer' || (Array.isArray(type) && type.includes('integer'))
  const step = typeof multipleOf === 'number' ? multipleOf : isWhole ? 1 : null
  const low = Math.max(from(minimum, -Infinity), from(exclusiveMinimum, -Infinity))
  const high = Math.min(from(maximum, Infinity), from(exclusiveMaximum, Infinity))
  const tries =
    step === null
      ? [low, 1, low + 1, (low + high) / 2, high, high - 1]
      : [
          Math.ceil(low / step) * step,
          step,
          (Math.floor(low / step) + 1) * step,
          Math.floor(high / step) * step,
        ].concat((Math.ceil(high / step) - 1) * step)
  const fits = (value: number) =>
    Number.isFinite(value) &&
    value >= from(minimum, -Infinity) &&
    value <= from(maximum, Infinity) &&
    value > from(exclusiveMinimum, -Infinity) &&
    value < from(exclusiveMaximum, Infinity)
  return tries.find(fits) ?? 1
}

const from = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise)
