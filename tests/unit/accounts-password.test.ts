import { describe, expect, it } from '@jest/globals'
import { makeHashingQueue } from '../../src/accounts/hashing-queue'
import {
  checkPassword,
  decoyHash,
  hashPassword,
  needsRehash,
  verifyPassword,
} from '../../src/accounts/password'
import { passwordProblems } from '../../src/accounts/password-rules'
import { Problem } from '../../src/problem'
import { eventually } from '../support/eventually'

const settings = { bcryptCost: 4, hashesAtOnce: 2 }
const broken = (password: string) => passwordProblems(password).map(({ rule }) => rule)

describe('the rules of a password', () => {
  it('names every rule that fails, not the first one', () => {
    expect(broken('')).toEqual(['length', 'lower_case', 'upper_case', 'digit', 'special'])
    expect(broken('abcdefgh')).toEqual(['upper_case', 'digit', 'special'])
    expect(broken('Abcdef1!')).toEqual([])
    expect(broken('Abcdefg1')).toEqual(['special'])
    expect(broken('Abcdefg 1')).toEqual(['special'])
    expect(broken('Abcde1!\0')).toEqual(['nul'])
  })

  it('counts characters for the length and bytes for the end that bcrypt would cut', () => {
    expect(broken('Aa1!😀😀😀')).toEqual(['length'])
    expect(broken(`Aa1!${'x'.repeat(68)}`)).toEqual([])
    expect(broken(`Aa1!${'x'.repeat(69)}`)).toEqual(['bytes'])
    expect(broken(`Aa1!${'é'.repeat(35)}`)).toEqual(['bytes'])
  })

  it('refuses with every detail under the name of the field that was sent', () => {
    expect(() => checkPassword('short', 'new_password')).toThrow(Problem)
    expect(() => checkPassword({ length: 8 })).toThrow('password: must be text')
  })
})

describe('hashes', () => {
  it('are bcrypt of the configured cost', async () => {
    const hash = await hashPassword('Abcdef1!', { ...settings, bcryptCost: 5 })
    expect(hash).toMatch(/^\$2b\$05\$/)
    expect(needsRehash(hash, settings)).toBe(true)
    expect(await verifyPassword('Abcdef1!', hash, settings)).toBe(true)
    expect(await verifyPassword('Abcdef1?', hash, settings)).toBe(false)
  })

  it('do not open for a longer password that begins alike', async () => {
    const password = `Aa1!${'x'.repeat(68)}`
    const hash = await hashPassword(password, settings)
    expect(await verifyPassword(password, hash, settings)).toBe(true)
    expect(await verifyPassword(`${password}more`, hash, settings)).toBe(false)
  })

  it('are checked in vain, at the same cost, where there is no account', async () => {
    expect(decoyHash(9)).toMatch(/^\$2b\$09\$[./A-Za-z0-9]{53}$/)
    const time = async (hash: string | null) => {
      const start = performance.now()
      expect(await verifyPassword('Wrong-1!', hash, { ...settings, bcryptCost: 8 })).toBe(false)
      return performance.now() - start
    }
    const stored = await hashPassword('Abcdef1!', { ...settings, bcryptCost: 8 })
    await eventually(5, async () => {
      const known: number[] = []
      const unknown: number[] = []
      // Every single one has to take its time: a decoy that the verifier finds malformed answers in no time.
      for (let round = 0; round < 40; round += 1) {
        known.push(await time(stored))
        unknown.push(await time(null))
      }
      expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) * 0.7)
      expect(Math.min(...unknown)).toBeLessThan(Math.min(...known) * 1.4)
    })
  })
})

describe('the hashing queue', () => {
  it('runs as many at once as it may, lets a few wait, and refuses the rest with a time to come back', async () => {
    const queue = makeHashingQueue(2, 3)
    let running = 0
    let most = 0
    const work = () =>
      queue.run(async () => {
        running += 1
        most = Math.max(most, running)
        await new Promise((resolve) => setTimeout(resolve, 5))
        running -= 1
      })
    const results = await Promise.allSettled(Array.from({ length: 8 }, work))
    const refused = results.filter((result) => result.status === 'rejected')
    expect(most).toBe(2)
    expect(refused).toHaveLength(3)
    expect(refused[0]?.reason).toMatchObject({
      code: 'RATE_LIMITED',
      status: 429,
      headers: { 'Retry-After': '1' },
    })
    await expect(work()).resolves.toBeUndefined()
  })

  it('gives its place back when the work fails', async () => {
    const queue = makeHashingQueue(1, 0)
    await expect(queue.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    await expect(queue.run(async () => 'next')).resolves.toBe('next')
  })
})
