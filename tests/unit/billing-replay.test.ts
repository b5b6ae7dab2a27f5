import { describe, expect, test } from '@jest/globals'
import { replayPace, replayTokens, tally } from '../../src/domain/billing/replay'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second))
const call = (second: number, tokens: number, counts = true) => ({
  id: `${second} ${tokens}`,
  at: at(second),
  tokens,
  counts,
})
const flight = (from: number, to: number, tokens = 1) => ({ ...call(from, tokens), until: at(to) })
const EVER = new Date(0)
const tokens = (...args: Parameters<typeof replayTokens>) => tally(replayTokens(...args), EVER)

describe('tokens played again', () => {
  test('refuse what does not fit, and let a smaller call after it pass', () => {
    const calls = [call(1, 60), call(2, 50), call(3, 40), call(4, 1)]
    expect(tokens(calls, [], 100)).toEqual({ firstAt: at(2), calls: 2, tokens: 51 })
    expect(tokens(calls, [], 151)).toBeNull()
  })

  test('count what was used on another plan, and never refuse it', () => {
    expect(tokens([call(1, 90, false), call(2, 20)], [], 100)).toMatchObject({
      calls: 1,
      tokens: 20,
    })
    expect(tokens([call(1, 90), call(2, 20, false)], [], 100)).toBeNull()
  })

  test('know extra tokens as long as they counted', () => {
    const grants = [{ tokens: 50, from: at(0), until: at(3) }]
    expect(tokens([call(1, 100), call(2, 50)], grants, 100)).toBeNull()
    expect(tokens([call(1, 100), call(3, 50)], grants, 100)).toMatchObject({ calls: 1 })
  })

  test('tell only of what would have been stopped since the day that is asked', () => {
    expect(tally(replayTokens([call(1, 100), call(2, 5), call(4, 7)], [], 100), at(3))).toEqual({
      firstAt: at(4),
      calls: 1,
      tokens: 7,
    })
  })
})

describe('the rate played again', () => {
  const pace = { rate: { requestsPerMinute: 60, burst: 3 }, callsAtOnce: null }
  const refused = (calls: Parameters<typeof replayPace>[0]) =>
    replayPace(calls, pace).map(({ call, by }) => [call.tokens, by])

  test('lets a burst run ahead, and refuses the call after it', () => {
    const burst = [flight(0, 9), flight(0, 9), flight(0, 9)]
    expect(refused(burst)).toEqual([])
    expect(refused([...burst, flight(0, 9, 5)])).toEqual([[5, 'rate']])
  })

  test('does not count refused calls', () => {
    const calls = [0, 0, 0, 0, 0, 1].map((second) => flight(second, second))
    expect(refused(calls)).toHaveLength(2)
  })
})

describe('calls at once played again', () => {
  const refused = (calls: Parameters<typeof replayPace>[0], callsAtOnce: number) =>
    replayPace(calls, { rate: null, callsAtOnce }).map(({ call, by }) => [call.tokens, by])

  test('refuse what comes while as many are under way, and no call after one has ended', () => {
    const calls = [flight(0, 10), flight(1, 3), flight(2, 4, 7), flight(3, 5)]
    expect(refused(calls, 2)).toEqual([[7, 'calls at once']])
    expect(refused(calls, 3)).toEqual([])
  })

  test('do not count a refused call as under way', () => {
    expect(refused([flight(0, 2), flight(1, 99), flight(2, 3)], 1)).toHaveLength(1)
  })
})

// Admission asks rate, calls at once, tokens in this order, and a call that is refused counts for nothing after it.
describe('all of them together', () => {
  test('refuse a call once, for the rule that is asked first', () => {
    const pace = { rate: { requestsPerMinute: 60, burst: 1 }, callsAtOnce: 1 }
    const calls = [flight(0, 5), flight(0, 5, 2), flight(3, 5, 3), flight(6, 7, 4)]
    const found = replayPace(calls, pace).map(({ call, by }) => [call.tokens, by])
    expect(found).toEqual([
      [2, 'rate'],
      [3, 'calls at once'],
    ])
  })

  test('let a call that calls at once refuse take nothing of the rate', () => {
    const pace = { rate: { requestsPerMinute: 30, burst: 1 }, callsAtOnce: 1 }
    const calls = [flight(0, 3), flight(2, 9, 2), flight(3, 4, 3)]
    expect(replayPace(calls, pace).map(({ call }) => call.tokens)).toEqual([2])
  })

  test('leave what was refused before out of the tokens: neither used nor refused', () => {
    const calls = [call(1, 60), call(2, 30), call(3, 40)]
    expect(replayTokens(calls, [], 100, ({ tokens: of }) => of === 30)).toEqual([])
    expect(replayTokens(calls, [], 90, ({ tokens: of }) => of === 40)).toEqual([])
    expect(replayTokens(calls, [], 90)).toEqual([calls[2]])
  })
})
