/**
 * Faults of this kind: refused inputs are free, so whoever sends nothing else keeps the hub busy with checking them.
 */
import { describe, expect, test } from '@jest/globals'
import { RefusedInputs } from '../../src/domain/calls/refused-inputs'

const key = (keyHash: string) => ({ kind: 'api-key' as const, keyHash })

function refusals() {
  let now = 1_000_000
  const refused = new RefusedInputs(() => now)
  return { refused, pass: (ms: number) => (now += ms) }
}

describe('refused inputs', () => {
  test('of one caller are looked at 120 times a minute, by whichever key', () => {
    const { refused, pass } = refusals()
    for (let at = 0; at < 120; at += 1) expect(refused.note(key(`k${at % 3}`), 'user', '192.0.2.1')).toBe(0)
    expect(refused.waitMs(key('k1'))).toBe(0)
    expect(refused.note(key('k1'), 'user', '192.0.2.1')).toBe(60_000)
    expect(refused.waitMs(key('k2'))).toBe(60_000)
    expect(refused.waitMs(key('of-another'))).toBe(0)
    pass(60_000)
    expect(refused.waitMs(key('k1'))).toBe(0)
    expect(refused.note(key('k1'), 'user', '192.0.2.1')).toBe(0)
  })

  test('of one network are 600, and others behind it go on', () => {
    const { refused } = refusals()
    for (let at = 0; at < 600; at += 1)
      refused.note(key(`k${at % 10}`), `user${at % 10}`, `2001:db8::${at % 10}`)
    expect(refused.waitMs(key('k1'))).toBe(0)
    expect(refused.note(key('k1'), 'user1', '2001:db8::77')).toBeGreaterThan(0)
    expect(refused.waitMs(key('k2'))).toBeGreaterThan(0)
    expect(refused.waitMs(key('neighbour'))).toBe(0)
    expect(refused.note(key('far'), 'far', '2001:db9::1')).toBe(0)
  })
})
