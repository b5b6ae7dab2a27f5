import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { LOCK_AFTER_FAILURES, LOCK_MINUTES } from '../../src/accounts/failed-logins'
import { DEFAULT_LIMITS } from '../../src/accounts/limits'
import { login } from '../../src/accounts/login'
import { registerUser } from '../../src/accounts/register'
import { unlockAccount } from '../../src/accounts/unlock'
import { untilWaitedFor } from '../support/locks'
import {
  type Accounts,
  accountsDatabase,
  later,
  PASSWORD,
  refusal,
  someEmail,
  someUser,
  somewhere,
} from './fixture'

let accounts: Accounts

beforeAll(async () => {
  accounts = await accountsDatabase()
})
afterAll(() => accounts.drop())

const START = new Date('2026-01-31T12:00:00Z')
const signIn = (email: string, password: string, now: Date | null = START, origin = somewhere()) =>
  login(accounts.room, { email, password }, origin, now)
const fail = (email: string, times: number, now = START) =>
  Promise.all(Array.from({ length: times }, () => refusal(signIn(email, 'Wrong-1!', now))))

describe('wrong passwords in a row', () => {
  it('lock the account for a while, also from many addresses at once', async () => {
    const { email } = await someUser(accounts.room)
    await fail(email, LOCK_AFTER_FAILURES)
    expect((await refusal(signIn(email, PASSWORD))).code).toBe('INVALID_CREDENTIALS')
    const almost = later(START, LOCK_MINUTES * 60 - 1)
    expect((await refusal(signIn(email, PASSWORD, almost))).code).toBe('INVALID_CREDENTIALS')
    await expect(signIn(email, PASSWORD, later(START, LOCK_MINUTES * 60))).resolves.toBeDefined()
  })

  it('are forgotten after a right one', async () => {
    const { email } = await someUser(accounts.room)
    await fail(email, LOCK_AFTER_FAILURES - 1)
    await signIn(email, PASSWORD)
    await fail(email, LOCK_AFTER_FAILURES - 1)
    await expect(signIn(email, PASSWORD)).resolves.toBeDefined()
  })

  it('do not prolong a lock, and an admin lifts it', async () => {
    const { email } = await someUser(accounts.room)
    await fail(email, LOCK_AFTER_FAILURES)
    await fail(email, 5, later(START, 300))
    await expect(signIn(email, PASSWORD, later(START, LOCK_MINUTES * 60))).resolves.toBeDefined()
    await fail(email, LOCK_AFTER_FAILURES)
    await unlockAccount(accounts.pool, ` ${email.toUpperCase()}`)
    await expect(signIn(email, PASSWORD)).resolves.toBeDefined()
  })

  // A guess that was under way when the account locked must not slip through.
  it('lock out the right guess that is being checked at that moment', async () => {
    const { email, id } = await someUser(accounts.room)
    const client = await accounts.pool.connect()
    await client.query('begin')
    await client.query(`update credentials set locked_until = $2 where user_id = $1`, [id, later(START, 600)])
    const attempt = refusal(signIn(email, PASSWORD))
    await untilWaitedFor(accounts.pool, client)
    await client.query('commit')
    client.release()
    expect((await attempt).code).toBe('INVALID_CREDENTIALS')
  })
})

describe('one address', () => {
  it('has so many failed sign-ins in ten minutes, exactly, whatever the accounts', async () => {
    const origin = somewhere()
    const most = DEFAULT_LIMITS.failedSignInsPerAddress
    const attempts = Array.from({ length: most + 5 }, () =>
      refusal(signIn(someEmail(), 'Wrong-1!', null, origin)),
    )
    const codes = (await Promise.all(attempts)).map(({ code }) => code)
    expect(codes.filter((code) => code === 'INVALID_CREDENTIALS')).toHaveLength(most)
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(5)
    const { email } = await someUser(accounts.room)
    const problem = await refusal(signIn(email, PASSWORD, null, origin))
    expect(problem).toMatchObject({ code: 'RATE_LIMITED', status: 429 })
    const seconds = Number(problem.headers['Retry-After'])
    expect(seconds).toBeGreaterThan(500)
    expect(seconds).toBeLessThanOrEqual(DEFAULT_LIMITS.windowSeconds)
  })

  it('is not held back by sign-ins that succeed', async () => {
    const origin = somewhere()
    const { email } = await someUser(accounts.room)
    for (let count = 0; count < DEFAULT_LIMITS.failedSignInsPerAddress + 5; count += 1) {
      await signIn(email, PASSWORD, null, origin)
    }
  })

  it('makes so many accounts; a registration that was malformed does not count', async () => {
    const limits = { ...DEFAULT_LIMITS, registrationsPerAddress: 3 }
    const own = await accountsDatabase()
    const origin = somewhere()
    const register = (password: string) =>
      registerUser({ ...own.room, limits }, { name: 'Ada', email: someEmail(), password }, origin)
    for (let count = 0; count < 5; count += 1) expect((await refusal(register('weak'))).status).toBe(400)
    for (let count = 0; count < 3; count += 1) await register(PASSWORD)
    expect((await refusal(register(PASSWORD))).code).toBe('RATE_LIMITED')
    await own.drop()
  })
})

describe('one account', () => {
  it('is not guessed at without end from many addresses', async () => {
    const email = someEmail()
    for (let count = 0; count < DEFAULT_LIMITS.failedSignInsPerAccount; count += 10) await fail(email, 10)
    expect((await refusal(signIn(email, 'Wrong-1!'))).code).toBe('RATE_LIMITED')
  })
})
