import { describe, expect, test } from '@jest/globals'
import { checkInputSchema, inputProblems, validateInput } from '../../src/tools/input'
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
  test.each([
    ['backtracks without end', { properties: { a: { pattern: '^(a+)+$' } } }, { a: `${'a'.repeat(60)}!` }],
    [
      'backtracks over a megabyte',
      { properties: { a: { pattern: 'a+$' } } },
      { a: `${'a'.repeat(1_000_000)}!` },
    ],
    [
      'compares all with all',
      { properties: { a: { uniqueItems: true } } },
      { a: Array.from({ length: 60_000 }, (_, n) => ({ n })) },
    ],
  ])('%s', async (_name, schema, input) => {
    const found: unknown[] = []
    expect(await busyMs(() => found.push(...problems(schema, input)))).toBeLessThan(1_000)
    expect(found).toEqual([{ field: 'input', message: expect.stringContaining('could not be checked') }])
  })

  test('is nested without end', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`) as Record<string, unknown>
    expect(problems(null, deep)).toEqual([{ field: 'input', message: 'is nested deeper than 64 levels' }])
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
