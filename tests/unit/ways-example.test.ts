import { describe, expect, test } from '@jest/globals'
import { exampleInput } from '../../src/domain/snippets/example-input'
import { inputProblems } from '../../src/domain/tools/input'
import type { Model } from '../../src/domain/tools/tool'
import { busyMs } from '../support/fair-time'
import { aTool } from '../tools/fixture'

/** The input that a tool's snippets show is one that the tool takes. */
const text = { type: 'string' }

const model = (more: Partial<Model> = {}): Model => ({
  kind: 'chat',
  systemPrompt: null,
  promptTemplate: null,
  defaultOutputTokens: null,
  maxOutputTokens: null,
  contextWindow: 1_000_000,
  openOptions: [],
  weights: {
    input: 100,
    cachedInput: 100,
    output: 100,
    reasoning: 100,
    cacheWrite5m: null,
    cacheWrite1h: null,
  },
  routing: 'order',
  upstreams: [],
  speaksResponses: false,
  ...more,
})

const shown = (inputSchema: Record<string, unknown> | null, more: Partial<Model> | null = null) => {
  const tool = aTool({ inputSchema, model: more && model(more) })
  const input = exampleInput(tool)
  return { input, problems: inputProblems(tool, input) }
}

const FIELDS: [string, Record<string, unknown>][] = [
  ['a text of a length', { type: 'string', minLength: 60, maxLength: 70 }],
  ['a short text', { type: 'string', maxLength: 3 }],
  ['a text that may be null', { type: ['null', 'string'] }],
  ['a default that is none', { type: 'string', default: null }],
  ['an enum without a type', { enum: ['a', 2] }],
  ['a constant', { const: { a: 1 } }],
  ...['email', 'hostname', 'ipv4', 'ipv6', 'uri', 'uri-reference', 'uuid', 'date', 'time', 'duration'].map(
    (format): [string, Record<string, unknown>] => [`a text of format ${format}`, { type: 'string', format }],
  ),
  ['a language', { type: 'string', pattern: '^[a-z]{2}$' }],
  ['a locale', { type: 'string', pattern: '^[a-z]{2}-[A-Z]{2}$' }],
  ['a currency', { type: 'string', pattern: '^[A-Z]{3}$', minLength: 3 }],
  ['a colour', { type: 'string', pattern: '^#[0-9a-f]{6}$' }],
  ['a version', { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+$' }],
  ['a number of digits', { type: 'string', pattern: '^\\d{8}$' }],
  ['a whole number above', { type: 'integer', exclusiveMinimum: 3 }],
  ['a whole number from a fraction on', { type: 'integer', minimum: 0.5 }],
  ['a whole number below', { type: 'integer', maximum: -5 }],
  ['a multiple in bounds', { type: 'integer', minimum: 7, maximum: 12, multipleOf: 5 }],
  ['a fraction', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }],
  ['a number below', { type: 'number', exclusiveMaximum: 0 }],
  ['a list of a length', { type: 'array', minItems: 5, items: text }],
  ['a list of different texts', { type: 'array', minItems: 3, uniqueItems: true, items: text }],
  [
    'different ones of an enum',
    { type: 'array', minItems: 2, uniqueItems: true, items: { enum: ['a', 'b'] } },
  ],
  ['different numbers', { type: 'array', minItems: 3, uniqueItems: true, items: { type: 'integer' } }],
  ['a list of fixed items', { type: 'array', prefixItems: [text, { type: 'integer' }], items: false }],
  ['an empty list', { type: 'array', maxItems: 0 }],
  ['a choice', { anyOf: [{ type: 'null' }, { type: 'integer', minimum: 4 }] }],
  ['an object in an object', { type: 'object', required: ['a'], properties: { a: { type: 'boolean' } } }],
  ['an object of numbers', { type: 'object', required: ['x'], additionalProperties: { type: 'number' } }],
  ['a reference', { $ref: '#/$defs/address' }],
  [
    'what is of all',
    { allOf: [{ $ref: '#/$defs/address' }, { required: ['zip'], properties: { zip: text } }] },
  ],
]

const $defs = {
  address: { type: 'object', required: ['city'], properties: { city: { $ref: '#/$defs/city' } } },
  city: { type: 'string', pattern: '^[a-z]{4,12}$' },
}

describe('the input of a snippet', () => {
  test.each(FIELDS)('is one that the schema takes: %s', (_name, field) => {
    const schema = { type: 'object', required: ['field'], properties: { field }, $defs }
    const { input, problems } = shown(schema)
    expect([problems, Object.keys(input)]).toEqual([[], ['field']])
    expect(shown({ type: 'object', properties: { field }, $defs }).problems).toEqual([])
  })

  test('has what a choice between sets of fields requires', () => {
    const properties = { id: { type: 'integer' }, name: text }
    const schema = {
      type: 'object',
      properties,
      oneOf: [{ required: ['id'] }, { required: ['name'] }],
      additionalProperties: false,
    }
    expect(shown(schema)).toEqual({ input: { id: 1 }, problems: [] })
  })

  test('of a template has every field that the template names, and what the schema requires', () => {
    const properties = {
      language: { enum: ['de', 'fr'] },
      text: { type: 'string', minLength: 1 },
      tone: text,
      count: { type: 'integer', minimum: 2 },
    }
    const schema = { type: 'object', required: ['text', 'count'], properties, additionalProperties: false }
    const promptTemplate = 'To {{ language }}: {{text}} {{ other }}'
    const { input, problems } = shown(schema, { promptTemplate })
    expect(problems).toEqual([])
    expect(input).toEqual({ text: expect.any(String), count: 2, language: 'de' })
  })

  test('of a template without a schema has them too, also those within others', () => {
    const { input } = shown(null, { promptTemplate: '{{ a }} {{user.name}} {{ user.age }}' })
    const some = expect.any(String)
    expect(input).toEqual({ a: some, user: { name: some, age: some } })
  })

  test('of a model with a schema and no template has a prompt, unless it has messages', () => {
    const tone = { type: 'object', required: ['tone'], properties: { tone: text } }
    expect(shown(tone, {})).toMatchObject({ input: { tone: expect.any(String), prompt: expect.any(String) } })
    const prompted = {
      ...tone,
      properties: { tone: text, prompt: { enum: ['x'] } },
      additionalProperties: false,
    }
    expect(shown(prompted, {})).toMatchObject({ input: { prompt: 'x' }, problems: [] })
  })

  test('is made in no time, whatever the pattern', async () => {
    const field = { type: 'string', pattern: '^((a|a|a)+)+$|^(\\w+\\s?)+!$' }
    const evil = { type: 'string', pattern: '^(([a-z]|[a-z])+)+!$' }
    const busy = await busyMs(() => {
      shown({ type: 'object', properties: { field } })
      exampleInput(aTool({ inputSchema: { type: 'object', properties: { evil } } }))
    })
    expect(busy).toBeLessThan(2_000)
  })

  test('is made in no time of a schema that has itself for many of its fields, or stands for millions of others', async () => {
    const itself = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`p${at}`, { $ref: '#/$defs/n' }]))
    const node = { type: 'object', properties: itself }
    const twice = (at: number) => ({ allOf: [{ $ref: `#/$defs/a${at}` }, { $ref: `#/$defs/a${at}` }] })
    const doubled = Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`a${at}`, twice(at + 1)]))
    const lists = [50, 50, 50, 50].reduce(
      (items: object, minItems) => ({ type: 'array', minItems, items }),
      text,
    )
    const made = (inputSchema: object) =>
      exampleInput(aTool({ inputSchema: { type: 'object', ...inputSchema } }))
    const busy = await busyMs(() => {
      const input = made({ $defs: { n: node }, properties: { n: { $ref: '#/$defs/n' } } })
      expect(input).toMatchObject({ n: { p0: { p7: {} } } })
      expect(JSON.stringify(input).length).toBeLessThan(20_000)
      made({ $defs: { ...doubled, a17: text }, properties: { a: { $ref: '#/$defs/a0' } } })
      made({ properties: { lists } })
    })
    expect(busy).toBeLessThan(2_000)
  })

  test('is made of a schema with a reference that is no address too', () => {
    expect(
      exampleInput(aTool({ inputSchema: { type: 'object', properties: { a: { $ref: '#/%E0%A4%A' } } } })),
    ).toEqual({
      a: expect.any(String),
    })
  })
})
