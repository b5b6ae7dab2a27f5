import { beforeEach, describe, expect, test } from '@jest/globals'
import { Breaker, type Health, OPEN_MS, type Pass } from '../../src/domain/tools/breaker'

let now = 0
let breaker: Breaker
const pass = () => {
  const given = breaker.enter()
  if ('retryAfterMs' in given) throw new Error('no leave')
  return given
}
const isOpen = () => 'retryAfterMs' in breaker.enter()
const calls = (...found: Exclude<Health, 'ambiguous'>[]) => {
  for (const health of found) breaker.report(pass(), health)
}
const open = () => calls('down', 'down', 'down', 'down', 'down')

beforeEach(() => {
  now = 1_000
  breaker = new Breaker(() => now)
})

describe('a breaker', () => {
  test('opens after 5 failures in a row, and not before', () => {
    calls('down', 'down', 'down', 'down', 'up', 'down', 'down', 'down', 'down')
    expect(isOpen()).toBe(false)
    calls('down')
    expect(breaker.enter()).toEqual({ retryAfterMs: OPEN_MS })
  })

  test('what says nothing about the tool neither counts nor mends', () => {
    calls('down', 'down', 'unknown', 'down', 'down', 'unknown', 'down')
    expect(isOpen()).toBe(true)
  })

  test('calls that took too long while others were answered say nothing about the tool', () => {
    const slow = Array.from({ length: 5 }, pass)
    now += 100
    calls('up')
    now += 30_000
    for (const one of slow) breaker.report(one, 'down')
    expect(isOpen()).toBe(false)
    open()
    expect(isOpen()).toBe(true)
  })

  test('lets one caller try after 60 s, and only one', () => {
    open()
    now += OPEN_MS - 1
    expect(isOpen()).toBe(true)
    now += 1
    expect(pass().isTrial).toBe(true)
    expect(isOpen()).toBe(true)
  })

  test('a trial that succeeds closes it, with its count at zero', () => {
    open()
    now += OPEN_MS
    calls('up', 'down', 'down', 'down', 'down')
    expect(isOpen()).toBe(false)
  })

  test('a trial that fails waits another 60 s', () => {
    open()
    now += OPEN_MS
    calls('down')
    expect(breaker.enter()).toEqual({ retryAfterMs: OPEN_MS })
  })

  test('a trial that learns nothing leaves the next one to try', () => {
    open()
    now += OPEN_MS
    calls('unknown')
    expect(pass().isTrial).toBe(true)
  })

  test('calls from before the opening change nothing when they end', () => {
    const early: Pass[] = [pass(), pass(), pass()]
    open()
    now += 30_000
    breaker.report(early[0] as Pass, 'up')
    expect(isOpen()).toBe(true)
    breaker.report(early[1] as Pass, 'down')
    expect(breaker.enter()).toEqual({ retryAfterMs: 30_000 })
    now += 30_000
    calls('up')
    breaker.report(early[2] as Pass, 'down')
    calls('down', 'down', 'down', 'down')
    expect(isOpen()).toBe(false)
  })
})
