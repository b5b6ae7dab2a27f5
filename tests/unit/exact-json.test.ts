import { describe, expect, test } from '@jest/globals'
import { withoutSecrets } from '../../src/domain/tools/repeated-secrets'
import {
  copyOf,
  fromMarks,
  hasDigits,
  hideDigits,
  hideDigitsIn,
  madeOf,
  parseJson,
  showDigits,
  toJson,
} from '../../src/platform/kernel/exact-json'

/** Protects against integers that lose their digits: ids of databases and messengers are larger than a double holds. */
const BIG = '12345678901234567890'

describe('a text of JSON', () => {
  test.each([
    `{"id":${BIG}}`,
    `{"id":-${BIG},"list":[${BIG},9007199254740993,1,"${BIG}"],"deep":{"a":[{"b":${BIG}}]}}`,
    `[${BIG}]`,
    `{"__proto__":${BIG},"x":{"constructor":9223372036854775807}}`,
    `{"text":"a \\"quoted\\": ${BIG}, \\\\","id":${BIG}}`,
    '{"text":"ends in a backslash \\\\","id":18446744073709551615,"more":":9007199254740993"}',
    `{"10":${BIG},"2":${BIG.slice(1)}}`.replace(/^\{("10".*),("2".*)\}$/, '{$2,$1}'),
  ])('comes out as it went in: %s', (text) => {
    expect(toJson(parseJson(text))).toBe(text)
  })

  test('values are numbers as before, and only those with such integers are marked', () => {
    const text = `{"id":${BIG},"n":1,"s":"x","f":1.5,"e":1234567890123456789e3,"safe":9007199254740991}`
    expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)))
    expect(hasDigits(parseJson(text))).toBe(true)
    expect(hasDigits(parseJson('{"safe":9007199254740991,"f":0.12345678901234567}'))).toBe(false)
    expect(hasDigits(parseJson(`{"text":"x: ${BIG}"}`))).toBe(false)
  })

  test('what is no JSON stays none', () => {
    for (const text of [`{${BIG}:1}`, `{"a":${BIG}`, `{"a":0${BIG}}`, `{"a":${BIG}x}`, ''])
      expect(() => parseJson(text)).toThrow(SyntaxError)
  })

  test('many of them, and a string of backslashes, take no time', () => {
    const many = `[${`${BIG},`.repeat(50_000)}"${'\\\\'.repeat(200_000)}"]`
    const startedAt = performance.now()
    expect(toJson(parseJson(many))).toBe(many)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    const deep = `${'['.repeat(100_000)}${BIG}${']'.repeat(100_000)}`
    expect(Array.isArray(parseJson(deep))).toBe(true)
  })
})

test('what is made of a value keeps them: by spreading, by naming its source, and without its secrets', () => {
  const value = parseJson(`{"id":${BIG},"in":{"id":${BIG}},"secret":"sk-secret-of-it"}`) as Record<
    string,
    unknown
  >
  const { secret: _secret, ...rest } = value
  expect(toJson({ ...rest, more: 1 })).toBe(`{"id":${BIG},"in":{"id":${BIG}},"more":1}`)
  expect(toJson(madeOf(value, { output: value.in }))).toBe(`{"output":{"id":${BIG}}}`)
  expect(toJson({ output: value.in }, value)).toBe(`{"output":{"id":${BIG}}}`)
  expect(toJson({ ...value, id: 5 })).toContain('"id":5,')
  expect(toJson(copyOf(value, { id: value.id }))).toBe(`{"id":${BIG}}`)
  expect(toJson(withoutSecrets(value, ['sk-secret-of-it']))).toBe(
    `{"id":${BIG},"in":{"id":${BIG}},"secret":"***"}`,
  )
})

test('libraries that copy or parse by themselves carry them as texts', () => {
  const value = parseJson(`{"a":{"id":${BIG}}}`)
  const copied = structuredClone(hideDigits(value))
  expect(showDigits(JSON.stringify(copied))).toBe(`{"a":{"id":${BIG}}}`)
  expect(toJson(fromMarks(JSON.parse(hideDigitsIn(`{"a":[${BIG}]}`))))).toBe(`{"a":[${BIG}]}`)
  expect(hideDigitsIn('{"a":1}')).toBe('{"a":1}')
})
