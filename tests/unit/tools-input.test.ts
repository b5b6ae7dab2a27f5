import { describe, expect, test } from '@jest/globals'
import {
  checkInput,
  checkInputSchema,
  inputProblems,
  isCheckedForKnown,
  validateInput,
} from '../../src/domain/tools/input'
import type { ProblemDetail } from '../../src/platform/kernel/problem'
import { busyMs } from '../support/fair-time'
import { aTool } from '../tools/fixture'

const SCHEMA = {
  type: 'object',
  properties: {
    text: { type: 'string', minLength: 2, maxLength: 10 },
    mode: { enum: ['short', 'long'] },
    items: {
      type: 'array',
      items: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
    },
    'a/b': { type: 'string' },
    at: { type: 'string', format: 'date-time' },
  },
  required: ['text'],
  additionalProperties: false,
}
const problems = (inputSchema: Record<string, unknown> | null, input: Record<string, unknown>) =>
  inputProblems(aTool({ inputSchema }), input)
const fields = (input: Record<string, unknown>) => problems(SCHEMA, input).map((problem) => problem.field)

describe('an input that the schema does not take', () => {
  test.each([
    [{}, ['input.text']],
    [{ text: 5 }, ['input.text']],
    [{ text: 'x' }, ['input.text']],
    [{ text: 'ok', other: 1 }, ['input.other']],
    [{ text: 'ok', mode: 'loud' }, ['input.mode']],
    [{ text: 'ok', items: [{ n: 1 }, { n: 'one' }, {}] }, ['input.items.1.n', 'input.items.2.n']],
    [{ text: 'ok', 'a/b': 1 }, ['input.a/b']],
    [{ text: 'ok', at: 'yesterday' }, ['input.at']],
    [{ other: 1, mode: 2 }, ['input.text', 'input.other', 'input.mode']],
  ])('%j names its fields', (input, named) => expect(fields(input).sort()).toEqual([...named].sort()))

  test('is a VALIDATION_ERROR with a message a person can act on', () => {
    expect(() => validateInput(aTool({ inputSchema: SCHEMA }), { mode: 'loud', text: 'ok' })).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_ERROR',
        message: 'input.mode must be one of "short", "long"',
      }),
    )
  })

  test('names at most 20 fields', () => {
    const items = Array.from({ length: 1_000 }, () => ({}))
    expect(problems(SCHEMA, { text: 'ok', items })).toHaveLength(20)
  })

  test('does not inherit what it lacks', () => {
    expect(problems({ required: ['constructor', 'toString'] }, {})).toHaveLength(2)
  })

  test('is left as it is: no default, no conversion', () => {
    const input = { n: '5' }
    const schema = { properties: { n: { type: 'integer' }, m: { default: 1 } } }
    expect(problems(schema, input)).toHaveLength(1)
    expect(input).toEqual({ n: '5' })
  })
})

describe('an input that is meant to stop the hub', () => {
  const endless = `${'a'.repeat(200_000)}!`
  const objects = Array.from({ length: 1_000 }, (_, n) => ({ n }))
  /** Each level is checked by two schemas, each of which checks the next one by two. */
  const doubling = {
    anyOf: [{ properties: { a: { $ref: '#' } } }, { properties: { a: { $ref: '#' } }, required: ['b'] }],
    properties: { a: { not: { const: 0 } } },
  }
  const nested = JSON.parse(`${'{"a":'.repeat(40)}0${'}'.repeat(40)}`) as Record<string, unknown>

  test.each([
    ['backtracks without end', { pattern: '^(a+)+$' }, `${'a'.repeat(60)}!`, 'must match pattern'],
    ['backtracks over a long text', { pattern: 'a+$' }, endless, 'must match pattern'],
    ['is compared all with all', { uniqueItems: true }, [...objects, { n: 5 }], 'duplicate items'],
    [
      'is a name that backtracks',
      { patternProperties: { '^(a+)+$': false } },
      { [endless.slice(-20_001)]: 1 },
      null,
    ],
    ['looks around', { pattern: '^(?=(a+)+$)' }, `${'a'.repeat(60)}!`, 'could not be checked'],
    [
      'repeats what was found',
      { pattern: '^(a+)\\1*\\1$' },
      `${'a'.repeat(200_000)}!`,
      'could not be checked',
    ],
    [
      'is a format that backtracks',
      { format: 'url' },
      `http://${'1:'.repeat(300_000)}!`,
      'could not be checked',
    ],
  ])('%s', async (_name, a, value, told) => {
    const found: ProblemDetail[] = []
    const check = () => found.push(...problems({ properties: { a } }, { a: value }))
    expect(await busyMs(check)).toBeLessThan(1_000)
    expect(found).toEqual(
      told === null ? [] : [{ field: expect.any(String), message: expect.stringContaining(told) }],
    )
  })

  test('is checked twice at each level', async () => {
    const found: ProblemDetail[] = []
    expect(await busyMs(() => found.push(...problems(doubling, nested)))).toBeLessThan(1_000)
    expect(found).toEqual([{ field: 'input', message: expect.stringContaining('could not be checked') }])
  })

  test('has half a million faults', async () => {
    const tool = aTool({ inputSchema: { properties: { a: { items: { type: 'string' } } } } })
    const input = { a: Array.from({ length: 500_000 }, () => 1) }
    const check = () => void checkInput(tool, { input, bytes: 1_000_000, caller: 'somebody' })
    expect(await busyMs(check)).toBeLessThan(1_000)
  })

  test('is nested without end', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`) as Record<string, unknown>
    expect(problems(null, deep)).toEqual([{ field: 'input', message: 'is nested deeper than 64 levels' }])
  })
})

describe('what an input may cost is known of its schema', () => {
  const costs = (inputSchema: Record<string, unknown>, bytes = 100) =>
    isCheckedForKnown(aTool({ inputSchema }), bytes)
  const property = (a: unknown) => ({ type: 'object', properties: { a } })

  test.each([
    ['types and lengths', property({ type: 'string', maxLength: 10 })],
    ['one choice', property({ anyOf: [{ type: 'string' }, { type: 'null' }] })],
    ['a plain pattern', property({ pattern: '^[a-z][a-z0-9-]*$' })],
    ['a usual format', property({ format: 'date-time' })],
    ['a reference to a definition', { ...property({ $ref: '#/$defs/b' }), $defs: { b: { type: 'string' } } }],
  ])('%s: it is checked for anybody', (_name, schema) => expect(costs(schema)).toBe(false))

  test.each([
    ['a pattern that may backtrack', property({ pattern: '^([a-z]+-)*[a-z]+$' })],
    ['a pattern that looks around', property({ pattern: '^(?!a)' })],
    ['a pattern for names', { patternProperties: { '^(a|b)+$': {} } }],
    ['items that differ', property({ uniqueItems: true })],
    ['choices within choices', property({ anyOf: [{ oneOf: [{ type: 'string' }] }] })],
    [
      'hundreds of choices',
      property({ items: { anyOf: Array.from({ length: 300 }, (_, n) => ({ const: n })) } }),
    ],
    ['a reference to itself', property({ $ref: '#' })],
    ['a reference by a name', { ...property({ $ref: '#b' }), $defs: { b: { $anchor: 'b' } } }],
    ['items that contain something', property({ contains: { type: 'string' } })],
    ['definitions that double each other', doubled(40)],
  ])('%s: only for a caller that is known', (_name, schema) => expect(costs(schema)).toBe(true))

  test('a large body: only for a caller that is known', () => {
    expect(costs({ type: 'object' }, 65_536)).toBe(false)
    expect(costs({ type: 'object' }, 65_537)).toBe(true)
  })
})

/** Each definition names the next one twice: 2⁴⁰ parts. */
function doubled(levels: number): Record<string, unknown> {
  const one = (at: number) => ({ anyOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] })
  const defs = Array.from({ length: levels }, (_, at) => [`d${at}`, one(at)])
  return { $ref: '#/$defs/d0', $defs: { ...Object.fromEntries(defs), [`d${levels}`]: { type: 'string' } } }
}

describe('a check that may take long', () => {
  const sent = (input: Record<string, unknown>, caller = 'somebody') => ({ input, bytes: 100, caller })

  test('is done apart: the process goes on meanwhile, and it is cut off', async () => {
    const tool = aTool({ inputSchema: { properties: { a: { pattern: '^(?=(a+)+$)' } } } })
    const checked = checkInput(tool, sent({ a: `${'a'.repeat(60)}!` }))
    expect(checked).toBeInstanceOf(Promise)
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 5)
    expect(await checked).toEqual([
      { field: 'input', message: expect.stringContaining('could not be checked') },
    ])
    clearInterval(timer)
    expect(turns).toBeGreaterThan(0)
    expect(await checkInput(tool, sent({ a: 'aaa' }))).toEqual([])
    expect(await checkInput(tool, sent({ a: 'b' }))).toMatchObject([{ field: 'input.a' }])
  })

  test('waits for those of other callers by turns, and a caller has only so many', async () => {
    const tool = aTool({ inputSchema: { properties: { a: { pattern: '^(?=(a+)+$)' } } } })
    const slow = () => Promise.resolve(checkInput(tool, sent({ a: `${'a'.repeat(60)}!` }, 'slow')))
    const waiting = Array.from({ length: 12 }, slow)
    const order: string[] = []
    const others = Promise.resolve(checkInput(tool, sent({ a: 'aaa' }, 'quick'))).then(() =>
      order.push('quick'),
    )
    const all = Promise.allSettled(waiting).then((ended) => {
      order.push('slow')
      return ended
    })
    await others
    const ended = await all
    expect(order).toEqual(['quick', 'slow'])
    const refused = ended.filter(({ status }) => status === 'rejected') as { reason?: unknown }[]
    expect(refused).toHaveLength(3)
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'RATE_LIMITED' })
  })
})

describe('a compiled schema', () => {
  test('is that of the revision', () => {
    const tool = aTool({ inputSchema: { required: ['a'] } })
    expect(inputProblems(tool, {})).toHaveLength(1)
    expect(inputProblems({ ...tool, revision: 2, inputSchema: null }, {})).toHaveLength(0)
  })

  test("is checked after the built-in function's own, which always holds", () => {
    const tool = aTool({
      adapter: 'builtin',
      builtin: 'count-tokens',
      inputSchema: { properties: { text: { maxLength: 3 } } },
    })
    expect(inputProblems(tool, {})).toMatchObject([{ field: 'input.text', message: 'is required' }])
    expect(inputProblems(tool, { text: 'four' })).toMatchObject([{ field: 'input.text' }])
    expect(
      inputProblems({ ...tool, revision: 2, inputSchema: null }, { text: 'a'.repeat(100_001) }),
    ).toHaveLength(1)
    expect(inputProblems(tool, { text: 'yes' })).toHaveLength(0)
  })

  test('may use the $id of another, and either draft', () => {
    const $id = 'https://example.com/schema'
    const draft07 = {
      $id,
      $schema: 'http://json-schema.org/draft-07/schema#',
      items: [{ type: 'string' }],
      definitions: {},
    }
    const draft2020 = {
      $id,
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      prefixItems: [{ type: 'string' }],
    }
    expect([draft07, draft2020, { $id }].map(checkInputSchema)).toEqual([[], [], []])
    const listed = { properties: { a: { items: [{ type: 'string' }] } } }
    expect(problems({ $schema: draft07.$schema, ...listed }, { a: [1] })).toMatchObject([
      { field: 'input.a.0' },
    ])
    expect(problems({ properties: { a: { prefixItems: [{ type: 'string' }] } } }, { a: [1] })).toHaveLength(1)
  })
})

describe('a schema that an admin may not save', () => {
  test.each([
    ['no object', 'text'],
    ['an array', []],
    ['an unknown type', { type: 'strin' }],
    ['a bad pattern', { properties: { a: { pattern: '(' } } }],
    ['a reference to elsewhere', { $ref: 'https://example.com/other.json' }],
    ['a reference to nowhere', { $ref: '#/$defs/none' }],
    ['a reference to itself alone', { $ref: '#' }],
    ['another draft', { $schema: 'http://json-schema.org/draft-04/schema#' }],
    ['over 64 KiB', { description: 'a'.repeat(70_000) }],
    ['a pattern of over 500 characters', { properties: { a: { pattern: 'a'.repeat(501) } } }],
    ['an asynchronous one', { $async: true }],
    ['one too deep', JSON.parse(`${'{"not":'.repeat(40)}{}${'}'.repeat(40)}`)],
  ])('%s', (_name, schema) => expect(checkInputSchema(schema).length).toBeGreaterThan(0))
})
