/**
 * Faults of this kind: a pattern that is matched by an engine without backtracking means something else there than it does
 * in ECMAScript, or one that is left to Node's own engine backtracks without end.
 */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { matcherOf } from '../../src/domain/tools/patterns/linear'
import { busyMs } from '../support/fair-time'

/** Signs that engines treat in different ways. */
const SIGNS = [
  'a',
  'b',
  'A',
  '0',
  '9',
  '_',
  '-',
  ' ',
  '.',
  '/',
  '\n',
  '\r',
  '\t',
  '\v',
  'é',
  'ß',
  'Ω',
  '\u00a0',
  '\u2028',
  '\ufeff',
  '漢',
  '😀',
  '[',
  ']',
  '^',
  '$',
]
const text = fc.array(fc.constantFrom(...SIGNS), { maxLength: 12 }).map((signs) => signs.join(''))

const literal = fc.constantFrom('a', 'b', '0', '-', ' ', 'é', '漢', '😀', '_')
const escaped = fc.constantFrom(
  '\\d',
  '\\D',
  '\\w',
  '\\W',
  '\\s',
  '\\S',
  '\\n',
  '\\t',
  '\\.',
  '\\/',
  '\\$',
  '\\x61',
  '\\u00e9',
  '\\u{1F600}',
  '\\uD83D\\uDE00',
  '\\cJ',
  '\\0',
  '\\p{Lu}',
  '\\P{L}',
  '\\p{Script=Greek}',
)
const inClass = fc.oneof(
  literal,
  escaped,
  fc.constantFrom('a-c', '0-9', '\\-', '[', '^', '.', '$', '😀-😂', '\\]', '|', '(', ':', 'a-'),
)
const bracketed = fc
  .tuple(fc.boolean(), fc.array(inClass, { maxLength: 4 }))
  .map(([not, parts]) => `[${not ? '^' : ''}${parts.join('')}]`)
const atom = fc.oneof(literal, escaped, bracketed, fc.constantFrom('.', '^', '$', '\\b', '\\B'))
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{0,2}', '{1,}', '+?', '*?')
const { pattern } = fc.letrec<{ pattern: string; term: string }>((tie) => ({
  term: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(atom, quantifier).map(([one, times]) => (/^(?:\^|\$|\\\\[bB])$/.test(one) ? one : one + times)),
    fc
      .tuple(fc.constantFrom('(', '(?:', '(?<n>'), tie('pattern'), quantifier)
      .map(([open, inner, times]) => `${open}${inner})${times}`),
  ),
  pattern: fc
    .array(
      fc.array(tie('term'), { maxLength: 4 }).map((terms) => terms.join('')),
      { minLength: 1, maxLength: 2 },
    )
    .map((options) => options.join('|')),
}))

const valid = (source: string) => {
  try {
    return new RegExp(source, 'u')
  } catch {
    return null
  }
}

test('each engine means what ECMAScript does', () => {
  let linear = 0
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 8, maxLength: 8 }), (source, texts) => {
      const own = valid(source)
      if (own === null) return expect(() => matcherOf(source)).toThrow(SyntaxError)
      const matcher = matcherOf(source)
      linear += matcher.cost === 'linear' ? 1 : 0
      for (const one of texts) expect([one, matcher.test(one)]).toEqual([one, own.test(one)])
    }),
    { numRuns: 1_500 },
  )
  expect(linear).toBeGreaterThan(300)
}, 60_000)

test.each([
  ['^[a-z]+$', 'plain'],
  ['^\\d{4}-\\d{2}-\\d{2}$', 'plain'],
  ['^\\d+\\.\\d+\\.\\d+$', 'plain'],
  ['^#[0-9a-fA-F]{6}$', 'plain'],
  ['^https?://', 'plain'],
  ['a+$', 'linear'],
  ['^(a+)+$', 'linear'],
  ['^.*x[a-z]*!$', 'linear'],
  ['^[a-z0-9]+(-[a-z0-9]+)*$', 'linear'],
  ['(?=a)', 'backtracking'],
  ['(?<!a)b', 'backtracking'],
  ['(a)\\1', 'backtracking'],
  ['^(?<n>a)\\k<n>$', 'backtracking'],
  ['^(?:a{1,1000}){1,1000}$', 'backtracking'],
])('%s is %s', (source, cost) => expect(matcherOf(source).cost).toBe(cost))

describe('what does not backtrack takes a moment, whatever the text', () => {
  const SOURCES = [
    '^(a+)+$',
    'a+$',
    '^(a|a)*$',
    '^(.*a){20}$',
    '^.*x[a-z]*!$',
    '^([a-z]+)+@([a-z]+)+$',
    '(x+x+)+y',
    '^a*a*a*a*b$',
  ]

  test.each(SOURCES)('%s', async (source) => {
    const { cost, test: matches } = matcherOf(source)
    expect(cost).not.toBe('backtracking')
    const took = await busyMs(
      () => void [matches(`${'a'.repeat(20_000)}!`), matches(`${'x'.repeat(20_000)}!`)],
    )
    expect(took).toBeLessThan(1_000)
  })
})
