import { describe, expect, jest, test } from '@jest/globals'
import { bare } from '../../src/domain/ledger/array-literal'
import { remembered } from '../../src/platform/outbound/remembered'

describe('what is remembered', () => {
  test('is worked out once for each text, also where it is nothing, and the oldest is given up', () => {
    const of = jest.fn((text: string) => (text === 'none' ? undefined : text.length))
    const length = remembered(of, 2)
    expect([length('a'), length('a'), length('none'), length('none')]).toEqual([1, 1, undefined, undefined])
    expect(of).toHaveBeenCalledTimes(2)
    expect([length('bb'), length('none'), length('a')]).toEqual([2, undefined, 1])
    expect(of.mock.calls.map(([text]) => text)).toEqual(['a', 'none', 'bb', 'a'])
  })

  test('is not kept where it was an error', () => {
    let fails = true
    const read = remembered((text: string) => {
      if (fails) throw new Error(text)
      return text
    })
    expect(() => read('a')).toThrow('a')
    fails = false
    expect(read('a')).toBe('a')
  })
})

describe('a bare array', () => {
  test('is one that PostgreSQL reads without quotes', () => {
    expect(bare([])).toBe('{}')
    expect(bare([1, null, 'ab-12', undefined, -3])).toBe('{1,null,ab-12,null,-3}')
    expect(bare([null, 'a'])).toBe('{null,a}')
  })

  test.each(['', 'a,b', '{a}', 'a b', '"a"', 'a\\', 'ü', 'null', 'NULL'])(
    'takes no text that needs quotes: %j',
    (text) => {
      expect(() => bare(['a', text])).toThrow(TypeError)
    },
  )
})
