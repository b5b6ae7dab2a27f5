import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Origin } from '../../src/domain/accounts/deps'
import { DEFAULT_LIMITS } from '../../src/domain/accounts/limiters'
import { login } from '../../src/domain/accounts/login'
import { requestPasswordReset } from '../../src/domain/accounts/reset-password'
import { LOCK_AFTER_FAILURES } from '../../src/domain/accounts/sign-in-state'
import { eventually } from '../support/eventually'
import { type Accounts, accountsDatabase, PASSWORD, refusal, someEmail, someUser, somewhere } from './fixture'

let accounts: Accounts

beforeAll(async () => {
  accounts = await accountsDatabase({ bcryptCost: 9 })
})
afterAll(() => accounts.drop())

const limits = { ...DEFAULT_LIMITS, failedSignInsPerAddress: 10_000 }
const attempt = (email: string, password: string, origin = somewhere()) =>
  refusal(login({ ...accounts.deps, limits }, { email, password }, origin))

/** Where an account is locked: only for its own network. */
const LOCKED_AT = somewhere()
type Kind = { email: string; password: string; origin?: Origin }

/** An account of each kind that must not be told from one that does not exist. */
async function kindsOfAccount(): Promise<Record<string, Kind>> {
  const [known, locked, closed, disabled] = await Promise.all([1, 2, 3, 4].map(() => someUser(accounts.deps)))
  const email = (user: { email: string } | undefined) => user?.email ?? ''
  for (let count = 0; count < LOCK_AFTER_FAILURES; count += 1)
    await attempt(email(locked), 'Wrong-1!', LOCKED_AT)
  await accounts.pool.query(
    'update credentials set failures_in_day = 100, failures_since = now() where user_id = $1',
    [closed?.id],
  )
  await accounts.pool.query('update users set disabled = true where id = $1', [disabled?.id])
  return {
    unknown: { email: someEmail(), password: PASSWORD },
    'with a wrong password': { email: email(known), password: 'Wrong-1!' },
    'locked, with the right password': { email: email(locked), password: PASSWORD, origin: LOCKED_AT },
    'closed, with the right password': { email: email(closed), password: PASSWORD },
    'disabled, with the right password': { email: email(disabled), password: PASSWORD },
    'malformed, with NUL': { email: 'a\0b@example.com', password: PASSWORD },
    'with an endless password': { email: email(known), password: 'x'.repeat(10_000) },
  }
}

// Whoever can tell an account that exists from one that does not has half of a sign-in.
describe('a failed sign-in', () => {
  it('answers the same whatever was wrong', async () => {
    const kinds = await kindsOfAccount()
    for (const { email, password, origin } of Object.values(kinds)) {
      const { code, message, details, headers } = await attempt(email, password, origin)
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
    // The least of each, over all rounds: whatever else the machine does can only add to a time.
    const least: Record<string, number> = {}
    await eventually(8, async () => {
      for (let round = 0; round < 5; round += 1) {
        for (const [kind, { email, password, origin }] of Object.entries(kinds)) {
          const start = performance.now()
          await attempt(email, password, origin)
          least[kind] = Math.min(least[kind] ?? Infinity, performance.now() - start)
        }
      }
      const times = Object.values(least)
      const isAlike = Math.max(...times) < Math.min(...times) * 1.4
      expect(isAlike ? 'alike' : least).toBe('alike')
    })
  })
})

describe('asking for a reset', () => {
  it('answers alike and takes as long, with an account or without', async () => {
    const time = async (email: string) => {
      const start = performance.now()
      expect(await requestPasswordReset(accounts.deps, { email }, somewhere())).toBeUndefined()
      return performance.now() - start
    }
    await eventually(8, async () => {
      const known: number[] = []
      const unknown: number[] = []
      for (let round = 0; round < 5; round += 1) {
        known.push(await time((await someUser(accounts.deps)).email))
        unknown.push(await time(someEmail()))
      }
      expect(Math.abs(Math.min(...known) - Math.min(...unknown))).toBeLessThan(10)
      // The writes for an account that exists are hidden in this time.
      expect(Math.min(...known, ...unknown)).toBeGreaterThan(95)
    })
  })
})
