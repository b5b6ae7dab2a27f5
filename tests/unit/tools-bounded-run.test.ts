import { describe, expect, it } from '@jest/globals'
import { runBounded, TookTooLong } from '../../src/domain/tools/bounded-run'

describe('bounded work', () => {
  it('is cut off where it runs away', () => {
    const text = `${'a'.repeat(40)}b`
    expect(() => runBounded(() => /^(a+)+$/.test(text), 50)).toThrow(TookTooLong)
  })

  it('is begun again where the process was not given the time, and that not for ever', () => {
    const { work, tries } = sleepy()
    expect(runBounded(work(1), 100, () => 0)).toBe(2)
    const forEver = sleepy()
    expect(() => runBounded(forEver.work(9), 100, () => 0)).toThrow(TookTooLong)
    expect([tries(), forEver.tries()]).toEqual([2, 3])
  })

  it('is not begun again where it had the time', () => {
    const { work, tries } = sleepy()
    let spent = 0
    const cpuMs = () => {
      spent += 31
      return spent
    }
    expect(() => runBounded(work(1), 100, cpuMs)).toThrow(TookTooLong)
    expect(tries()).toBe(1)
  })
})

/** Work that sleeps at its first tries for longer than any bound here, and otherwise returns at once. */
function sleepy() {
  const asleep = new Int32Array(new SharedArrayBuffer(4))
  let tries = 0
  const work = (sleeps: number) => () => {
    tries += 1
    if (tries <= sleeps) Atomics.wait(asleep, 0, 0, 300)
    return tries
  }
  return { work, tries: () => tries }
}
