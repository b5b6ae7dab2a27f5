import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { countTokens as countWhole } from 'gpt-tokenizer/encoding/o200k_base'
import { countTokens, estimateTokens } from '../../src/domain/tools/count-tokens'
import { holdFor, measure, reportedTokens } from '../../src/domain/tools/metering'
import { textSlices } from '../../src/domain/tools/text-slices'
import { eventually } from '../support/eventually'
import { busyMs } from '../support/fair-time'
import { aTool } from '../tools/fixture'

const whole = (text: string) => countWhole(text, { disallowedSpecial: new Set() })
const fixed = aTool({ metering: { mode: 'fixed', path: null, tokens: 25 } })
const counted = aTool({ metering: { mode: 'counted', path: null, tokens: null } })
const reported = aTool()

describe('what a call holds', () => {
  test('a fixed price is exact', () => expect(holdFor(fixed, {})).toEqual({ tokens: 25, mode: 'exact' }))
  test("so is the tool's maximum", () =>
    expect(holdFor({ ...reported, maxTokens: 500 }, { text: 'hello' })).toEqual({
      tokens: 500,
      mode: 'exact',
    }))
  test.each([counted, reported])('else it is the counted input and 100, or less', (tool) => {
    const input = { text: 'How many tokens is this?' }
    expect(holdFor(tool, input)).toEqual({ tokens: whole(JSON.stringify(input)) + 100, mode: 'up-to' })
  })
})

describe('what a call is charged', () => {
  const input = { text: 'hello' }
  const output = (tokens: unknown) => ({ usage: { total_tokens: tokens } })
  test('a fixed price, whatever is reported', async () =>
    expect(await measure(fixed, input, output(7))).toEqual({ tokens: 25, source: 'fixed' }))
  test('what the endpoint reports', async () => {
    expect(await measure(reported, input, output(7))).toEqual({ tokens: 7, source: 'reported' })
    expect(await measure(reported, input, output(0))).toEqual({ tokens: 0, source: 'reported' })
  })
  test.each([-1, 1.5, 1e9 + 1, '7', null, true, [7], { n: 7 }, Number.NaN, Number.POSITIVE_INFINITY])(
    'but not %p: then input and output are counted',
    async (tokens) => {
      const tokensCounted = whole(JSON.stringify(input)) + whole(JSON.stringify(output(tokens)))
      expect(await measure(reported, input, output(tokens))).toEqual({
        tokens: tokensCounted,
        source: 'counted',
      })
    },
  )
  test('a tool that is counted is counted, also where something is reported', async () =>
    expect(await measure(counted, input, output(7))).toMatchObject({ source: 'counted' }))
  test('the path reads own fields and list positions', () => {
    expect(reportedTokens({ a: [{ b: 3 }] }, 'a.0.b')).toBe(3)
    expect(reportedTokens({ a: 'text' }, 'a.length')).toBeNull()
    expect(reportedTokens({ a: [1, 2] }, 'a.length')).toBe(2)
    expect(reportedTokens({}, 'constructor.length')).toBeNull()
    expect(reportedTokens({}, '')).toBeNull()
  })
})

describe('counting in slices', () => {
  const prose =
    'The hub is the backend of a dashboard; people don’t see it. 東京は日本の首都です。 1,234 tokens!\n\n\tNext — "quoted" 😀. '
  test.each([1, 40, 41, 400, 2_000])('gives what counting at once gives (%i paragraphs)', async (times) => {
    const text = prose.repeat(times)
    expect([...textSlices(text)].join('')).toBe(text)
    expect(await countTokens(text)).toBe(whole(text))
  })

  test('loses no character and at most one token a cut', async () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(' ', '\n', 'a', '漢', '😀', '.', "'s", '12').map((s) => s.repeat(300)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
        const text = pieces.join('')
        const slices = [...textSlices(text)]
        expect(slices.join('')).toBe(text)
        expect(Math.abs((await countTokens(text)) - whole(text))).toBeLessThanOrEqual(slices.length * 2)
      }),
      { numRuns: 50 },
    )
  })

  test('names of special tokens are text', async () => {
    expect(await countTokens('<|endoftext|>')).toBeGreaterThan(1)
    expect(holdFor(counted, { text: '<|endoftext|>' }).tokens).toBeGreaterThan(100)
  })

  test.each([
    ['letters', 'a'.repeat(300_000)],
    ['signs of a language without spaces', '漢字仮名交じり文'.repeat(30_000)],
    ['spaces', ' '.repeat(300_000)],
    ['punctuation', '!?'.repeat(150_000)],
  ])('a run of %s is counted without holding up the process', async (_name, text) => {
    // The tokenizer's work grows with the square of a run.
    for (const slice of textSlices(text)) expect(slice.length).toBeLessThanOrEqual(256)
    await eventually(5, async () => {
      let longest = 0
      let last = performance.now()
      const timer = setInterval(() => {
        longest = Math.max(longest, performance.now() - last)
        last = performance.now()
      }, 1)
      await countTokens(text)
      await new Promise((resolve) => setTimeout(resolve, 5))
      clearInterval(timer)
      expect(longest).toBeLessThan(250)
    })
  })

  test('an abort ends it', async () => {
    const gone = AbortSignal.abort(new Error('gone'))
    await expect(countTokens('a', 'o200k_base', gone)).rejects.toThrow('gone')
  })

  /** Spaces count for nearly nothing. Where the samples were always at the same places, so would this whole text. */
  test('the estimate cannot be lowered by what stands at places that were known', () => {
    const dense = '7q'.repeat(200_000)
    const step = Math.floor((dense.length - 1_000) / 15)
    const holes = Array.from({ length: 16 }, (_, index) => index * step)
    const text = holes.reduce(
      (made, at) => `${made.slice(0, at)}${' '.repeat(1_000)}${made.slice(at + 1_000)}`,
      dense,
    )
    expect(estimateTokens(text) / whole(text)).toBeGreaterThan(0.6)
  })

  test('the estimate of a long text is near the count and quick', async () => {
    const text = prose.repeat(5_000)
    let estimate = 0
    const busy = await busyMs(() => {
      estimate = estimateTokens(text)
    })
    expect(busy).toBeLessThan(2_000)
    expect(estimate / whole(text)).toBeGreaterThan(0.95)
    expect(estimate / whole(text)).toBeLessThan(1.3)
  })
})
