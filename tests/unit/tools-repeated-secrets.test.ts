import { describe, expect, test } from '@jest/globals'
import { repeats, unrepeatable, withoutSecrets } from '../../src/domain/tools/repeated-secrets'
import { parseJson, toJson } from '../../src/platform/kernel/exact-json'
import { busyMs } from '../support/fair-time'

/** What an endpoint says back of its secrets is taken out of its answer, and nothing else is changed. */
const clean = (value: unknown, ...headers: string[]) => {
  const secrets = unrepeatable(headers)
  return repeats(JSON.stringify(value), secrets) ? withoutSecrets(value, secrets) : value
}

const hexOf = (one: string) => `\\u00${one.charCodeAt(0).toString(16)}`
const upper = (text: string) => `u${text.slice(1).toUpperCase()}`

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

  test('keeps the digits of its integers: under a name that was the secret, and where they hold one of digits', () => {
    const text = '{"sk-12345678":12345678901234567890,"a":[-45678901234567890123,"45678901"]}'
    const secrets = unrepeatable(['sk-12345678', '45678901'])
    const expected = '{"***":12345678901234567890,"a":[-45678901234567890123,"***"]}'
    expect(toJson(withoutSecrets(parseJson(text), secrets))).toBe(expected)
  })

  test.each([
    ['slashes, as PHP does', (json: string) => json.replaceAll('/', '\\/')],
    ['what HTML reads, as Go does', (json: string) => json.replace(/[<>&]/g, hexOf)],
    [
      'letters, in upper case',
      (json: string) => json.replace(/[sk<]/g, (one) => hexOf(one).replace(/u.*/, upper)),
    ],
  ])('is without one where it escapes more than JSON asks for: %s', (_what, respelled) => {
    const secret = 'Bearer sk-ab/cd<ef>"gh\\&12345'
    const write = (value: unknown) => respelled(JSON.stringify(value))
    const secrets = unrepeatable([secret])
    const answer = write({
      [secret]: `x ${secret} y`,
      inner: write({ text: write([secret]) }),
      beside: 'a/b <s>',
    })
    expect(repeats(answer, secrets)).toBe(true)
    const found = withoutSecrets(JSON.parse(answer), secrets)
    expect(found).toMatchObject({ '***': 'x *** y', beside: 'a/b <s>' })
    expect(JSON.parse(JSON.parse(found.inner).text)).toEqual(['***'])
    expect(repeats(write({ beside: 'a/b <s> Bearer sk-ab/cd<ef>' }), secrets)).toBe(false)
  })

  test.each([
    ['backslashes', '\\\\'.repeat(2_500_000)],
    ['slashes', '\\/sk-ab'.repeat(600_000)],
    ['escaped letters', '\\u003c\\u0073k-ab'.repeat(300_000)],
  ])('is looked through in a moment where it is nothing but %s', async (_what, text) => {
    const secrets = unrepeatable(['Bearer sk-ab/cd<ef>gh', 's\\\\\\"k-12345'])
    let found = true
    const busy = await busyMs(() => {
      found = repeats(`{"t":"\\/${text}"}`, secrets)
    })
    expect(found).toBe(false)
    expect(busy).toBeLessThan(1_000)
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
