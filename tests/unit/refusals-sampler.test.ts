import { describe, expect, test } from '@jest/globals'
import type { RefusalDetails } from '../../src/domain/refusals/refusal'
import { MOST_A_MINUTE, Sampler } from '../../src/domain/refusals/sampler'

const START = new Date('2026-11-25T12:00:00Z')
const secondsOn = (seconds: number) => new Date(START.getTime() + seconds * 1_000)
const ada = { userId: 'ada', reason: 'spent' }

let asked = 0
const details = (requestId: string) => (): RefusalDetails => {
  asked += 1
  return { layer: 'tokens', code: 'X', message: '', requestId, toolId: null, toolName: null, figures: {} }
}

describe('a flood of refusals', () => {
  test('keeps a few of each user and reason, and one more that counts the rest of the minute', () => {
    const sampler = new Sampler()
    asked = 0
    for (let n = 0; n < 1_000; n += 1) sampler.add(ada, details(String(n)), secondsOn(n / 100))
    sampler.add({ userId: 'bob', reason: 'spent' }, details('bob'), START)
    sampler.add({ userId: 'ada', reason: 'held' }, details('held'), START)
    expect(asked).toBe(MOST_A_MINUTE + 2)
    const first = sampler.take(secondsOn(10))
    expect(first.map(({ requestId }) => requestId)).toEqual(['0', '1', '2', '3', '4', 'bob', 'held'])
    expect(sampler.take(secondsOn(59))).toEqual([])
    const rest = sampler.take(secondsOn(61))
    expect(rest.map(({ requestId, leftOut }) => [requestId, leftOut])).toEqual([
      ['999', 1_000 - MOST_A_MINUTE - 1],
    ])
  })

  test('begins anew with the next minute, and loses no count when that begins before anything was written', () => {
    const sampler = new Sampler()
    for (let n = 0; n < 8; n += 1) sampler.add(ada, details(`a${n}`), START)
    for (let n = 0; n < 2; n += 1) sampler.add(ada, details(`b${n}`), secondsOn(60))
    const rows = sampler.take(secondsOn(60))
    expect(rows.map(({ requestId }) => requestId)).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'a7', 'b0', 'b1'])
    expect(rows.reduce((sum, { leftOut }) => sum + 1 + leftOut, 0)).toBe(10)
  })

  test('of ever new users is bounded too, and still counted', () => {
    const sampler = new Sampler()
    for (let n = 0; n < 30_000; n += 1) sampler.add({ userId: `u${n}`, reason: 'spent' }, details('x'), START)
    const rows = sampler.take(secondsOn(61), true)
    expect(rows.length).toBeLessThanOrEqual(10_002 + 5_000)
    expect(rows.reduce((sum, { leftOut }) => sum + 1 + leftOut, 0)).toBe(30_000)
  })

  test('what could not be written waits for the next time', () => {
    const sampler = new Sampler()
    sampler.add(ada, details('1'), START)
    const rows = sampler.take(START)
    sampler.add(ada, details('2'), START)
    sampler.putBack(rows)
    expect(sampler.take(START).map(({ requestId }) => requestId)).toEqual(['1', '2'])
  })
})
