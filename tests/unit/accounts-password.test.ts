import { describe, expect, it } from '@jest/globals'
import { hash } from '@node-rs/bcrypt'
import { makeHashingQueue } from '../../src/domain/accounts/hashing-queue'
import {
  checkPassword,
  decoyHash,
  hashPassword,
  needsRehash,
  verifyPassword,
} from '../../src/domain/accounts/password'
import { passwordProblems } from '../../src/platform/config/password-rules'
import { Problem } from '../../src/platform/kernel/problem'
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

  it('refuses with every detail under the name of the field that was sent', async () => {
    await expect(checkPassword('short', 'new_password')).rejects.toThrow(Problem)
    await expect(checkPassword({ length: 8 })).rejects.toThrow('password: must be text')
  })
})

describe('hashes', () => {
  it('are bcrypt of the configured cost', async () => {
    const hash = await hashPassword('Abcdef1!', { ...settings, bcryptCost: 5 })
    expect(hash).toMatch(/^\$2b\$05\$/)
    expect(needsRehash(hash, settings)).toBe(true)
    expect(await verifyPassword('Abcdef1!', hash, settings)).toBe('in form')
    expect(await verifyPassword('Abcdef1?', hash, settings)).toBeNull()
  })

  it('do not open for a longer password that begins alike', async () => {
    const password = `Aa1!${'x'.repeat(68)}`
    const hash = await hashPassword(password, settings)
    expect(await verifyPassword(password, hash, settings)).toBe('in form')
    expect(await verifyPassword(`${password}more`, hash, settings)).toBeNull()
  })

  it('are checked in vain, at the same cost, where there is no account', async () => {
    expect(decoyHash(9)).toMatch(/^\$2b\$09\$[./A-Za-z0-9]{53}$/)
    const time = async (hash: string | null, wrong: string) => {
      const start = performance.now()
      expect(await verifyPassword(wrong, hash, { ...settings, bcryptCost: 8 })).toBeNull()
      return performance.now() - start
    }
    const stored = await hashPassword('Abcdef1!', { ...settings, bcryptCost: 8 })
    // The second is not composed, so that it is compared twice, in both cases.
    for (const wrong of ['Wrong-1!', 'Wro\u0308ng-1!']) {
      await eventually(5, async () => {
        const known: number[] = []
        const unknown: number[] = []
        // Every single one has to take its time: a decoy that the verifier finds malformed answers in no time.
        for (let round = 0; round < 25; round += 1) {
          known.push(await time(stored, wrong))
          unknown.push(await time(null, wrong))
        }
        expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) * 0.7)
        expect(Math.min(...unknown)).toBeLessThan(Math.min(...known) * 1.4)
      })
    }
  })
})

// Two keyboards write one letter as two different texts. Both must sign in, and neither may pass a rule by it.
describe('a password of letters that can be written in two ways', () => {
  const COMPOSED = 'Caf\u00e9-horse-1'
  const APART = 'Cafe\u0301-horse-1'

  it('is the same password, also with another kind of space', async () => {
    expect(await verifyPassword(APART, await hashPassword(COMPOSED, settings), settings)).toBe('in form')
    expect(await verifyPassword(COMPOSED, await hashPassword(APART, settings), settings)).toBe('in form')
    const spaced = await hashPassword('Two words 1!', settings)
    for (const space of ['\u00a0', '\u2003', '\u3000'])
      expect(await verifyPassword(`Two${space}words 1!`, spaced, settings)).toBe('in form')
  })

  it('keeps its case and width', async () => {
    const hash = await hashPassword('Abcde-f1!', settings)
    for (const other of ['abcde-f1!', '\uff21bcde-f1!'])
      expect(await verifyPassword(other, hash, settings)).toBeNull()
  })

  it('fits a hash that was made of the text as it was sent', async () => {
    const old = (await hash(APART, 4)).replace('$2y$', '$2b$')
    expect(await verifyPassword(APART, old, settings)).toBe('as sent')
    expect(await verifyPassword(COMPOSED, old, settings)).toBeNull()
  })

  it('is held to the rules, and to what bcrypt reads, in the form that is hashed', () => {
    // Sent it has 12 characters and the 13th byte of a mark; stored it has 7.
    expect(broken('A\u0308e\u0301o\u0302-1xy')).toEqual(['length'])
    expect(broken(`Aa1!${'e\u0301'.repeat(34)}`)).toEqual([])
    expect(broken(`Aa1!${'e\u0301'.repeat(35)}`)).toEqual(['bytes'])
    // Composing can make a text longer.
    expect(broken(`Aa1!${'\u0958'.repeat(12)}`)).toEqual(['bytes'])
  })

  it('has no special character in a mark or in what nobody sees', () => {
    for (const mark of ['q\u0303', '\u200b', '\u00ad', '\ufe0f'])
      expect(broken(`Abcdefg1${mark}`)).toEqual(['special'])
    expect(broken('Abcdefg1\u20ac')).toEqual([])
  })

  it('has no control characters, nor halves of characters', () => {
    for (const bad of ['\u0007', '\n', '\u0085', '\ud800', '\ufdd0'])
      expect(broken(`Abcde-f1${bad}`)).toEqual(['control'])
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

  // A flood from one network, or for one account, must not keep others from signing in.
  describe('when one network fills it', () => {
    const FLOOD = { network: '192.0.2.1', account: 'valid' }
    const flooded = async () => {
      const queue = makeHashingQueue(1, 4)
      const order: string[] = []
      let open = () => {}
      const gate = new Promise<void>((resolve) => {
        open = resolve
      })
      const enter = (name: string, lane = FLOOD) =>
        queue.run(async () => {
          await gate
          order.push(name)
        }, lane)
      const flood = Array.from({ length: 8 }, (_, nth) => enter(`flood ${nth}`))
      return { order, enter, flood, open }
    }

    it('lets another network in, as the next one, and refuses the last of the flood', async () => {
      const { order, enter, flood, open } = await flooded()
      const other = enter('other', { network: '192.0.2.2', account: 'other' })
      open()
      await other
      const results = await Promise.allSettled(flood)
      expect(results.map(({ status }) => status)).toEqual([
        ...Array(4).fill('fulfilled'),
        ...Array(4).fill('rejected'),
      ])
      expect(order).toEqual(['flood 0', 'flood 1', 'other', 'flood 2', 'flood 3'])
    })

    it('lets another account of that network in, the same way', async () => {
      const { order, enter, flood, open } = await flooded()
      const other = enter('other', { network: FLOOD.network, account: 'other' })
      open()
      await other
      await Promise.allSettled(flood)
      expect(order).toEqual(['flood 0', 'flood 1', 'other', 'flood 2', 'flood 3'])
    })
  })

  it('gives its place back when the work fails', async () => {
    const queue = makeHashingQueue(1, 0)
    await expect(queue.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    await expect(queue.run(async () => 'next')).resolves.toBe('next')
  })
})
