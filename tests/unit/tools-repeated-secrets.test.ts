import { describe, expect, test } from '@jest/globals'
import { repeats, unrepeatable, withoutSecrets } from '../../src/tools/repeated-secrets'

/** What an endpoint says back of its secrets is taken out of its answer, and nothing else is changed. */
const clean = (value: unknown, ...headers: string[]) => {
  const secrets = unrepeatable(headers)
  return repeats(JSON.stringify(value), secrets) ? withoutSecrets(value, secrets) : value
}

describe('an answer that says a secret back', () => {
  test('is without it, with or without its scheme, in every text and name, however deep', () => {
    const value = { a: ['x sk-12345678 y', { 'sk-12345678': 'Bearer sk-12345678sk-12345678' }], b: null }
    expect(clean(value, 'Bearer sk-12345678')).toEqual({ a: ['x *** y', { '***': '******' }], b: null })
    expect(JSON.stringify(clean(value, 'Bearer sk-12345678'))).not.toContain('sk-')
  })

  test('is without one that JSON escapes, also where a text of it is JSON', () => {
    const secret = 'a"b\\c-1234'
    const value = { text: secret, json: JSON.stringify({ secret }) }
    expect(clean(value, secret)).toEqual({ text: '***', json: '{"secret":"***"}' })
  })

  test('of one that holds another is without the whole of the longer', () => {
    expect(clean('key-12345678-and-more', 'key-12345678', 'key-12345678-and-more')).toBe('***')
  })

  test('keeps its numbers, and what is too short to be known', () => {
    expect(clean({ at: 1234567890, text: 'on 1234567890' }, '1234567890')).toEqual({
      at: 1234567890,
      text: 'on ***',
    })
    expect(clean({ text: 'english' }, 'english')).toEqual({ text: 'english' })
  })
})
