import { describe, expect, it } from '@jest/globals'
import { runBounded, TookTooLong } from '../../src/tools/bounded-run'

describe('bounded work', () => {
  it('is cut off where it runs away', () => {
    const text = `${'a'.repeat(40)}b`
    expect(() => runBounded(() => /^(a+)+$/.test(text), 50)).toThrow(TookTooLong)
  })

  it('is begun again where the process was not given the time, and that not for ever', () => {
    const asleep = new Int32Array(new SharedArrayBuffer(4))
    let tries = 0
    const work = (sleeps: number) => () => {
      tries += 1
      if (tries <= sleeps) Atomics.wait(asleep, 0, 0, 300)
      return tries
    }
    expect(runBounded(work(1), 100)).toBe(2)
    tries = 0
    expect(() => runBounded(work(9), 100)).toThrow(TookTooLong)
    expect(tries).toBe(3)
  })
})
