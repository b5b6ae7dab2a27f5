import { beforeEach, describe, expect, test } from '@jest/globals'
import { type Health, OPEN_MS } from '../../src/domain/tools/breaker'
import { CallerBreaker, type CallerPass, OTHERS_FIRST_MS } from '../../src/domain/tools/caller-breaker'

/** Somebody's slow inputs close a tool to nobody else, and a tool that is down closes to everybody. */
let now = 0
let breaker: CallerBreaker

const pass = (caller: string): CallerPass => {
  const given = breaker.enter(caller)
  if ('retryAfterMs' in given) throw new Error(`no leave for ${caller}`)
  return given
}
/** Whether somebody is refused; a leave that is given is given back. */
const isClosedTo = (caller: string) => {
  const given = breaker.enter(caller)
  if ('retryAfterMs' in given) return true
  breaker.report(given, 'unknown')
  return false
}
const calls = (...found: [caller: string, health: Health][]) => {
  for (const [caller, health] of found) breaker.report(pass(caller), health)
}
const times = (count: number, caller: string, health: Health) =>
  calls(...Array.from({ length: count }, (): [string, Health] => [caller, health]))

beforeEach(() => {
  now = 1_000
  breaker = new CallerBreaker(() => now)
})

describe('timeouts', () => {
  test('of one caller close the tool to that caller after 5 in a row, and to nobody else', () => {
    times(4, 'ann', 'ambiguous')
    expect(isClosedTo('ann')).toBe(false)
    times(1, 'ann', 'ambiguous')
    expect(breaker.enter('ann')).toEqual({ retryAfterMs: OPEN_MS })
    expect([breaker.isOpen, isClosedTo('ben')]).toEqual([false, false])
    for (let round = 0; round < 10; round += 1) {
      now += OPEN_MS
      times(1, 'ann', 'ambiguous')
      expect([isClosedTo('ann'), isClosedTo('ben')]).toEqual([true, false])
    }
  })

  test('of many calls of one caller at once count once as well', () => {
    const slow = Array.from({ length: 20 }, () => pass('ann'))
    now += 30_000
    for (const one of slow) breaker.report(one, 'ambiguous')
    expect([isClosedTo('ann'), isClosedTo('ben')]).toEqual([true, false])
  })

  test('of two callers in turns close it to everybody', () => {
    calls(['ann', 'ambiguous'], ['ben', 'ambiguous'], ['ann', 'ambiguous'], ['ben', 'ambiguous'])
    expect(breaker.isOpen).toBe(false)
    calls(['ann', 'ambiguous'])
    expect([breaker.isOpen, isClosedTo('cho')]).toEqual([true, true])
  })

  test('count once until a call of somebody else fails, of whatever', () => {
    times(3, 'ann', 'ambiguous')
    calls(['ben', 'down'], ['ben', 'down'], ['ben', 'down'])
    expect(breaker.isOpen).toBe(false)
    calls(['ann', 'ambiguous'])
    expect(breaker.isOpen).toBe(true)
  })

  test('and failures of the connection of one caller alone do not make them count again', () => {
    calls(['ann', 'ambiguous'], ['ann', 'down'], ['ann', 'ambiguous'], ['ann', 'down'], ['ann', 'ambiguous'])
    expect(breaker.isOpen).toBe(false)
  })

  test('are forgotten with any answer, and say nothing where somebody was answered since they began', () => {
    times(4, 'ann', 'ambiguous')
    calls(['ben', 'up'])
    times(4, 'ann', 'ambiguous')
    expect(isClosedTo('ann')).toBe(false)
    const slow = pass('ann')
    now += 100
    calls(['ben', 'up'])
    times(4, 'ann', 'ambiguous')
    breaker.report(slow, 'ambiguous')
    expect(isClosedTo('ann')).toBe(false)
    times(1, 'ann', 'ambiguous')
    expect(isClosedTo('ann')).toBe(true)
  })
})

test('two callers who closed it do not keep it closed: others try first', () => {
  for (const caller of ['ann', 'ben', 'ann', 'ben', 'ann']) calls([caller, 'ambiguous'])
  now += OPEN_MS
  expect([breaker.enter('ann'), breaker.enter('ben')]).toEqual([
    { retryAfterMs: OTHERS_FIRST_MS },
    { retryAfterMs: OTHERS_FIRST_MS },
  ])
  now += OTHERS_FIRST_MS
  expect(isClosedTo('ben')).toBe(false)
  calls(['cho', 'up'])
  expect([breaker.state, isClosedTo('ann')]).toEqual(['closed', false])
})

test('what speaks of the tool itself closes it to everybody, also by one caller alone', () => {
  times(5, 'ann', 'down')
  expect([breaker.isOpen, isClosedTo('ben')]).toEqual([true, true])
})

describe('a trial that takes too long', () => {
  beforeEach(() => {
    times(5, 'ann', 'down')
    now += OPEN_MS
  })

  test('closes the tool for another 60 s to its caller, and leaves the next one to try', () => {
    calls(['ann', 'ambiguous'])
    expect(breaker.enter('ann')).toEqual({ retryAfterMs: OPEN_MS })
    calls(['ben', 'up'])
    expect([breaker.state, isClosedTo('ann')]).toEqual(['closed', false])
  })

  test('closes it to everybody once two callers found it so', () => {
    calls(['ann', 'ambiguous'], ['ben', 'ambiguous'])
    expect([breaker.state, isClosedTo('cho')]).toEqual(['open', true])
    now += OPEN_MS
    calls(['cho', 'up'])
    expect(breaker.state).toBe('closed')
  })

  test('is one at a time, also for a caller whom the tool was closed to', () => {
    calls(['ann', 'ambiguous'])
    now += OPEN_MS
    const trial = pass('ben')
    expect(isClosedTo('ann')).toBe(true)
    breaker.report(trial, 'unknown')
    expect(pass('ann').all.isTrial).toBe(true)
  })
})
