import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { LOCK_AFTER_FAILURES } from '../../src/accounts/failed-logins'
import { login } from '../../src/accounts/login'
import { requestPasswordReset } from '../../src/accounts/reset-password'
import { eventually } from '../support/eventually'
import { type Accounts, accountsDatabase, PASSWORD, refusal, someEmail, someUser, somewhere } from './fixture'

let accounts: Accounts

beforeAll(async () => {
  accounts = await accountsDatabase({ bcryptCost: 9 })
})
afterAll(() => accounts.drop())

const attempt = (email: string, password: string) =>
  refusal(login(accounts.room, { email, password }, somewhere()))

/** An account of each kind that must not be told from one that does not exist. */
async function kindsOfAccount(): Promise<Record<string, { email: string; password: string }>> {
  const [known, locked, disabled] = await Promise.all([1, 2, 3].map(() => someUser(accounts.room)))
  const email = (user: { email: string } | undefined) => user?.email ?? ''
  for (let count = 0; count < LOCK_AFTER_FAILURES; count += 1) await attempt(email(locked), 'Wrong-1!')
  await accounts.pool.query('update users set disabled = true where id = $1', [disabled?.id])
  return {
    unknown: { email: someEmail(), password: PASSWORD },
    'with a wrong password': { email: email(known), password: 'Wrong-1!' },
    'locked, with the right password': { email: email(locked), password: PASSWORD },
    'disabled, with the right password': { email: email(disabled), password: PASSWORD },
    'malformed, with NUL': { email: 'a\0b@example.com', password: PASSWORD },
    'with an endless password': { email: email(known), password: 'x'.repeat(10_000) },
  }
}

// Whoever can tell an account that exists from one that does not has half of a sign-in.
describe('a failed sign-in', () => {
  it('answers the same whatever was wrong', async () => {
    const kinds = await kindsOfAccount()
    for (const { email, password } of Object.values(kinds)) {
      const { code, message, details, headers } = await attempt(email, password)
      expect({ code, message, details, headers }).toEqual({
        code: 'INVALID_CREDENTIALS',
        message: 'The email address or the password is wrong.',
        details: [],
        headers: {},
      })
    }
  })

  it('takes as long whatever was wrong', async () => {
    const kinds = await kindsOfAccount()
    await eventually(8, async () => {
      const times: Record<string, number[]> = {}
      for (let round = 0; round < 9; round += 1) {
        for (const [kind, { email, password }] of Object.entries(kinds)) {
          const start = performance.now()
          await attempt(email, password)
          times[kind] = [...(times[kind] ?? []), performance.now() - start]
        }
        await accounts.pool.query('update credentials set failed_logins = 0')
      }
      // The least of each: whatever else the machine does can only add to a time.
      const least = Object.values(times).map((all) => Math.min(...all))
      expect(Math.max(...least)).toBeLessThan(Math.min(...least) * 1.4)
    })
  })
})

describe('asking for a reset', () => {
  it('answers alike and takes as long, with an account or without', async () => {
    const time = async (email: string) => {
      const start = performance.now()
      expect(await requestPasswordReset(accounts.room, { email }, somewhere())).toBeUndefined()
      return performance.now() - start
    }
    await eventually(8, async () => {
      const known: number[] = []
      const unknown: number[] = []
      for (let round = 0; round < 5; round += 1) {
        known.push(await time((await someUser(accounts.room)).email))
        unknown.push(await time(someEmail()))
      }
      expect(Math.abs(Math.min(...known) - Math.min(...unknown))).toBeLessThan(10)
      // The writes for an account that exists are hidden in this time.
      expect(Math.min(...known, ...unknown)).toBeGreaterThan(95)
    })
  })
})
