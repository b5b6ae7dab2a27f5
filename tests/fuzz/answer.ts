import fc from 'fast-check'

/** What a provider says, whatever its wire format: texts in the pieces that its stream would send. */
export type Answer = {
  reasoning: string[]
  text: string[]
  calls: { id: string; name: string; pieces: string[] }[]
  /** The answer reached the maximum of output. */
  isShort: boolean
  usage: Usage | null
}

/** Cached input is a part of the input, reasoning a part of the output. */
export type Usage = { input: number; cached: number; output: number; reasoning: number }

export const words = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }) },
  fc.constantFrom(
    '\n',
    '\r\n',
    '\u2028',
    '"',
    '\\',
    'data: x\n\n',
    '[DONE]',
    ': ',
    '\t',
    '👩‍👩‍👧',
    'ß',
    '{}',
  ),
)
const pieces = fc.array(words, { maxLength: 6 })

/** Arguments of a call as JSON text, cut into pieces anywhere. */
const argumentPieces = fc
  .tuple(
    fc.dictionary(
      fc.string({ minLength: 1, maxLength: 6 }),
      fc.oneof(fc.string(), fc.integer(), fc.boolean()),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
    fc.array(fc.nat(60), { maxLength: 3 }),
  )
  .map(([value, cuts]) => cutAt(JSON.stringify(value), cuts))

const call: fc.Arbitrary<Answer['calls'][number]> = fc.record({
  id: fc
    .string({ unit: fc.constantFrom(...'abcdefgh0123'), minLength: 6, maxLength: 12 })
    .map((id) => `call_${id}`),
  name: fc.constantFrom('weather', 'search', 'add_two'),
  pieces: argumentPieces,
})

const usage = fc
  // Nothing that was asked and answered is of no token: the hub does not believe a 0.
  .record({
    input: fc.integer({ min: 1, max: 1_500 }),
    cached: fc.nat(1_500),
    output: fc.integer({ min: 1, max: 100 }),
    reasoning: fc.nat(100),
  })
  .map(({ input, cached, output, reasoning }) => ({
    input,
    cached: Math.min(cached, input),
    output,
    reasoning: Math.min(reasoning, output),
  }))

/** Every legal answer has something in it. */
export const answers: fc.Arbitrary<Answer> = fc
  .record({
    reasoning: fc.oneof({ weight: 2, arbitrary: fc.constant<string[]>([]) }, pieces),
    text: pieces,
    calls: fc.oneof(
      { weight: 2, arbitrary: fc.constant<Answer['calls']>([]) },
      fc.uniqueArray(call, { selector: ({ id }) => id, minLength: 1, maxLength: 3 }),
    ),
    isShort: fc.boolean(),
    usage: fc.option(usage, { freq: 4 }),
  })
  .map((answer) =>
    answer.text.join('') || answer.calls.length > 0 ? answer : { ...answer, text: ['Hello.'] },
  )
  // A call that was cut short by the maximum has no whole arguments: not an answer of these tests.
  .map((answer) => (answer.calls.length > 0 ? { ...answer, isShort: false } : answer))

/** The same text in pieces. */
export function cutAt(text: string, cuts: number[]): string[] {
  const places = [...new Set(cuts.filter((at) => at > 0 && at < text.length))].sort((a, b) => a - b)
  return [0, ...places].map((from, at) => text.slice(from, places[at]))
}
