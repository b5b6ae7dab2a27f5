import { describe, expect, test } from '@jest/globals'
import { replayAtOnce, replayRate, replayTokens } from '../../src/billing/replay'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second))
const call = (second: number, tokens: number, counts = true) => ({ at: at(second), tokens, counts })
const EVER = new Date(0)

describe('tokens played again', () => {
  test('refuse what does not fit, and let a smaller call after it pass', () => {
    const calls = [call(1, 60), call(2, 50), call(3, 40), call(4, 1)]
    expect(replayTokens(calls, [], 100, EVER)).toEqual({ firstAt: at(2), calls: 2, tokens: 51 })
    expect(replayTokens(calls, [], 151, EVER)).toBeNull()
  })

  test('count what was used on another plan, and never refuse it', () => {
    expect(replayTokens([call(1, 90, false), call(2, 20)], [], 100, EVER)).toMatchObject({
      calls: 1,
      tokens: 20,
    })
    expect(replayTokens([call(1, 90), call(2, 20, false)], [], 100, EVER)).toBeNull()
  })

  test('know extra tokens as long as they counted', () => {
    const grants = [{ tokens: 50, from: at(0), until: at(3) }]
    expect(replayTokens([call(1, 100), call(2, 50)], grants, 100, EVER)).toBeNull()
    expect(replayTokens([call(1, 100), call(3, 50)], grants, 100, EVER)).toMatchObject({ calls: 1 })
  })

  test('tell only of what would have been stopped since the day that is asked', () => {
    expect(replayTokens([call(1, 100), call(2, 5), call(4, 7)], [], 100, at(3))).toEqual({
      firstAt: at(4),
      calls: 1,
      tokens: 7,
    })
  })
})

describe('the rate played again', () => {
  const rate = { requestsPerMinute: 60, burst: 3 }

  test('lets a burst run ahead, and refuses the call after it', () => {
    const burst = [call(0, 1), call(0, 1), call(0, 1)]
    expect(replayRate(burst, rate, EVER)).toBeNull()
    expect(replayRate([...burst, call(0, 9)], rate, EVER)).toEqual({ firstAt: at(0), calls: 1, tokens: 9 })
  })

  test('does not count refused calls', () => {
    const calls = [call(0, 1), call(0, 1), call(0, 1), call(0, 1), call(0, 1), call(1, 1)]
    expect(replayRate(calls, rate, EVER)).toMatchObject({ calls: 2 })
  })
})

describe('calls at once played again', () => {
  const flight = (from: number, to: number, tokens = 1) => ({ ...call(from, tokens), until: at(to) })

  test('refuse what comes while as many are under way, and no call after one has ended', () => {
    const calls = [flight(0, 10), flight(1, 3), flight(2, 4, 7), flight(3, 5)]
    expect(replayAtOnce(calls, 2, EVER)).toEqual({ firstAt: at(2), calls: 1, tokens: 7 })
    expect(replayAtOnce(calls, 3, EVER)).toBeNull()
  })

  test('do not count a refused call as under way', () => {
    expect(replayAtOnce([flight(0, 2), flight(1, 99), flight(2, 3)], 1, EVER)).toMatchObject({ calls: 1 })
  })
})
