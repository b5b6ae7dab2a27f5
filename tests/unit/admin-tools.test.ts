import { describe, expect, test } from '@jest/globals'
import { exampleOf } from '../../src/domain/snippets/example-value'
import { explainJsonFault } from '../../src/panel/fields/json-fault'
import { fieldsOf, inputOf, valuesOf } from '../../src/panel/tools/schema-form'

describe('a fault in JSON', () => {
  const faultOf = (text: string) => {
    try {
      JSON.parse(text)
    } catch (error) {
      return explainJsonFault(text, error as Error)
    }
    throw new Error('this is JSON')
  }

  test.each([
    ['{\n  "a": x\n}', 'Line 2, column 8'],
    ['{"a": 1,}', 'Line 1, column 9'],
    ['{"a": [1, 2', 'Line 1, column 12'],
    ['{\n"a": "b" "c"\n}', 'Line 2, column 10'],
    ['nothing', 'Line 1, column 2'],
    ['{"a": tru}', 'Line 1, column 10'],
  ])('in %j is told by line and column', (text, place) => {
    expect(faultOf(text)).toContain(place)
  })
})

describe('the form of a schema', () => {
  const fields = fieldsOf({
    properties: {
      note: { type: 'string' },
      count: { type: 'integer' },
      on: { type: 'boolean' },
      tone: { enum: ['calm', 2] },
      list: { type: 'array' },
    },
    required: ['count'],
  })

  test('has what is required first, and a kind for each', () => {
    expect(fields.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'count number',
      'note text',
      'on boolean',
      'tone choice',
      'list json',
    ])
  })

  test('gives back the input that it was filled with, and leaves out what is empty', () => {
    const input = { note: 'a "text"', count: 3, on: true, tone: 2, list: [1, { a: null }] }
    expect(inputOf(fields, valuesOf(fields, input))).toEqual({ input })
    expect(inputOf(fields, valuesOf(fields, { count: 0 }))).toEqual({ input: { count: 0 } })
  })

  test('names the field whose text is of another kind', () => {
    expect(inputOf(fields, { count: 'three' })).toMatchObject({ field: 'count' })
    expect(inputOf(fields, { count: '1', list: '[' })).toMatchObject({ field: 'list' })
  })
})

test('an example is made of what a schema says', () => {
  const schema = {
    type: 'object',
    required: ['mail', 'n', 'pick', 'inner'],
    properties: {
      mail: { type: 'string', format: 'email' },
      n: { type: 'integer', minimum: 3, maximum: 9 },
      pick: { enum: ['a', 'b'] },
      inner: {
        type: 'object',
        properties: {
          on: { type: 'boolean' },
          list: { type: 'array', minItems: 2, items: { type: 'null' } },
        },
      },
      optional: { type: 'string' },
    },
  }
  expect(exampleOf(schema)).toEqual({
    mail: 'somebody@example.org',
    n: 3,
    pick: 'a',
    inner: { on: true, list: [null, null] },
  })
})
