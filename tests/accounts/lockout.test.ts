// One must not guess without end, and nobody must be able to lock somebody else out by guessing.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { withBrowserProof } from '../../src/domain/accounts/browser'
import { changePassword } from '../../src/domain/accounts/change-password'
import type { Origin } from '../../src/domain/accounts/deps'
import { deleteForgottenNetworks } from '../../src/domain/accounts/known-networks'
import { DEFAULT_LIMITS } from '../../src/domain/accounts/limiters'
import { login } from '../../src/domain/accounts/login'
import { registerUser } from '../../src/domain/accounts/register'
import { requestPasswordReset, resetPassword } from '../../src/domain/accounts/reset-password'
import {
  CLOSE_AFTER_FAILURES,
  KNOWN_DAYS,
  LOCK_AFTER_FAILURES,
  LOCK_MINUTES,
} from '../../src/domain/accounts/sign-in-state'
import { unlockAccount } from '../../src/domain/accounts/unlock'
import { untilWaitedFor } from '../support/locks'
import {
  type Accounts,
  accountsDatabase,
  later,
  mailedToken,
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
const signIn = (email: string, password: string, now: Date | null = START, origin: Origin = somewhere()) =>
  login(accounts.deps, { email, password }, origin, now)
/** Wrong passwords from one network. Passing the limit by address is another matter: it counts in real time. */
const fail = (email: string, times: number, origin: Origin = somewhere(), now = START) =>
  Promise.all(Array.from({ length: times }, () => refusal(signIn(email, 'Wrong-1!', now, origin))))
const refused = async (work: Promise<unknown>) =>
  expect((await refusal(work)).code).toBe('INVALID_CREDENTIALS')

describe('wrong passwords in a row from one network', () => {
  it('lock the account for that network, for a while', async () => {
    const { email } = await someUser(accounts.deps)
    const here = somewhere()
    await fail(email, LOCK_AFTER_FAILURES, here)
    await refused(signIn(email, PASSWORD, START, here))
    await refused(signIn(email, PASSWORD, later(START, LOCK_MINUTES * 60 - 1), here))
    await expect(signIn(email, PASSWORD, later(START, LOCK_MINUTES * 60), here)).resolves.toBeDefined()
  })

  it('lock nobody out who is elsewhere', async () => {
    const { email } = await someUser(accounts.deps)
    await fail(email, LOCK_AFTER_FAILURES)
    await expect(signIn(email, PASSWORD)).resolves.toBeDefined()
  })

  it('count for the whole /64 of IPv6, and for an IPv4 address however it is written', async () => {
    const at = (address: string): Origin => ({ address, userAgent: null })
    const { email } = await someUser(accounts.deps)
    for (let nth = 0; nth < LOCK_AFTER_FAILURES; nth += 1)
      await fail(email, 1, at(`2001:db8:12:34:${nth}::1`))
    await refused(signIn(email, PASSWORD, START, at('2001:db8:12:34:ffff::1')))
    await expect(signIn(email, PASSWORD, START, at('2001:db8:12:35::1'))).resolves.toBeDefined()
    for (let nth = 0; nth < LOCK_AFTER_FAILURES; nth += 1)
      await fail(email, 1, at(nth % 2 ? '198.51.100.7' : '::ffff:198.51.100.7'))
    await refused(signIn(email, PASSWORD, START, at('::ffff:c633:6407')))
  })

  it('lock callers of whom no address is known, together', async () => {
    const { email } = await someUser(accounts.deps)
    const nowhere: Origin = { address: null, userAgent: null }
    await fail(email, LOCK_AFTER_FAILURES, nowhere)
    await refused(signIn(email, PASSWORD, START, nowhere))
    await expect(signIn(email, PASSWORD)).resolves.toBeDefined()
  })

  it('are forgotten after a right one', async () => {
    const { email } = await someUser(accounts.deps)
    const here = somewhere()
    await fail(email, LOCK_AFTER_FAILURES - 1, here)
    await signIn(email, PASSWORD, START, here)
    await fail(email, LOCK_AFTER_FAILURES - 1, here)
    await expect(signIn(email, PASSWORD, START, here)).resolves.toBeDefined()
  })

  it('do not prolong a lock, and an admin lifts it', async () => {
    const { email } = await someUser(accounts.deps)
    const here = somewhere()
    await fail(email, LOCK_AFTER_FAILURES, here)
    await fail(email, 5, here, later(START, 300))
    const after = later(START, LOCK_MINUTES * 60)
    await expect(signIn(email, PASSWORD, after, here)).resolves.toBeDefined()
    const there = somewhere()
    await fail(email, LOCK_AFTER_FAILURES, there)
    await unlockAccount(accounts.pool, ` ${email.toUpperCase()}`)
    await expect(signIn(email, PASSWORD, START, there)).resolves.toBeDefined()
  })

  it('lock the change of a password too', async () => {
    const user = await someUser(accounts.deps)
    const here = somewhere()
    const { sessionId } = await signIn(user.email, PASSWORD, START, here)
    const change = (currentPassword: string) =>
      changePassword(
        accounts.deps,
        { userId: user.id, email: user.email, sessionId },
        { currentPassword, newPassword: 'Another-horse-2' },
        here,
        START,
      )
    for (let nth = 0; nth < LOCK_AFTER_FAILURES; nth += 1) await refused(change('Wrong-1!'))
    await refused(change(PASSWORD))
  })

  // A guess that was under way when the account locked must not slip through.
  it.each([
    ['for the network', `update sign_in_networks set locked_until = $2 where user_id = $1`],
    // Written by an instance of an earlier version.
    ['as a whole', `update credentials set locked_until = $2 where user_id = $1`],
    [
      'by too many failures',
      `update credentials set failures_in_day = 100, failures_since = $2 where user_id = $1`,
    ],
  ])('lock out the right guess that is being checked at that moment, %s', async (kind, lock) => {
    const { email, id } = await someUser(accounts.deps)
    const here = somewhere()
    if (kind === 'for the network') await fail(email, 1, here)
    const client = await accounts.pool.connect()
    await client.query('begin')
    const at = kind === 'by too many failures' ? START : later(START, 600)
    await client.query(lock, [id, at])
    const attempt = refusal(signIn(email, PASSWORD, START, here))
    await untilWaitedFor(accounts.pool, client)
    await client.query('commit')
    client.release()
    expect((await attempt).code).toBe('INVALID_CREDENTIALS')
  })
})

describe('a hundred wrong passwords in a day, from everywhere', () => {
  const known = somewhere()
  /** An account that signed in from `known` and was then attacked from many networks. */
  const attacked = async (signedInAt = START) => {
    const user = await someUser(accounts.deps)
    await signIn(user.email, PASSWORD, signedInAt, known)
    await attack(user.email)
    return user
  }
  const attack = async (email: string, now = START) => {
    const each = LOCK_AFTER_FAILURES - 1
    for (let left = CLOSE_AFTER_FAILURES; left > 0; left -= each)
      await fail(email, Math.min(left, each), somewhere(), now)
  }

  it('close the account to networks that it does not know, for a day, with the same answer', async () => {
    const { email } = await attacked()
    await refused(signIn(email, PASSWORD))
    await expect(signIn(email, PASSWORD, START, known)).resolves.toBeDefined()
    // Signing in from the known one does not open it for the attacker.
    await refused(signIn(email, PASSWORD))
    await expect(signIn(email, PASSWORD, later(START, 86_400))).resolves.toBeDefined()
  })

  it('are counted exactly, and one less closes nothing', async () => {
    const { email } = await someUser(accounts.deps)
    for (let nth = 0; nth < CLOSE_AFTER_FAILURES - 1; nth += 9)
      await fail(email, Math.min(9, CLOSE_AFTER_FAILURES - 1 - nth), somewhere())
    await signIn(email, PASSWORD)
    await fail(email, 1)
    await refused(signIn(email, PASSWORD))
  })

  it('let in no network of longer ago', async () => {
    const { email } = await attacked(later(START, -KNOWN_DAYS * 86_400))
    await refused(signIn(email, PASSWORD, START, known))
  })

  it('let in a browser that signed in to this account before, from any network', async () => {
    const { email, id } = await attacked()
    const other = await someUser(accounts.deps)
    const proofOf = (userId: string, secret = accounts.deps.config.secret) => ({
      ...somewhere(),
      browser: withBrowserProof(secret, null, userId),
    })
    await refused(signIn(email, PASSWORD, START, proofOf(other.id)))
    await refused(signIn(email, PASSWORD, START, proofOf(id, 'another secret of somebody else')))
    const both = withBrowserProof(accounts.deps.config.secret, proofOf(id).browser, other.id)
    await expect(signIn(email, PASSWORD, START, { ...somewhere(), browser: both })).resolves.toBeDefined()
  })

  it('let in no browser that guesses itself', async () => {
    const { email, id } = await attacked()
    const browser = withBrowserProof(accounts.deps.config.secret, null, id)
    for (let nth = 0; nth < DEFAULT_LIMITS.failedSignInsPerBrowser; nth += 1)
      await fail(email, 1, { ...somewhere(), browser })
    await refused(signIn(email, PASSWORD, START, { ...somewhere(), browser }))
  })

  it('let in whoever resets the password, also when the attack goes on', async () => {
    const { email } = await attacked()
    const here = somewhere()
    await requestPasswordReset(accounts.deps, { email }, here, START)
    const input = { token: await mailedToken(accounts.pool, email), newPassword: 'Another-horse-2' }
    await resetPassword(accounts.deps, input, START, 'new_password', here)
    await expect(signIn(email, 'Another-horse-2', START, somewhere())).resolves.toBeDefined()
    await attack(email)
    await refused(signIn(email, 'Another-horse-2'))
    await expect(signIn(email, 'Another-horse-2', START, here)).resolves.toBeDefined()
  })

  it('are forgiven by an admin', async () => {
    const { email } = await attacked()
    await unlockAccount(accounts.pool, email)
    await expect(signIn(email, PASSWORD)).resolves.toBeDefined()
  })

  it('leave no row for the networks that are kept out, and none at all after a while', async () => {
    const { id, email } = await attacked()
    const rows = async () => {
      const found = await accounts.pool.query('select from sign_in_networks where user_id = $1', [id])
      return found.rows.length
    }
    const before = await rows()
    await fail(email, 3)
    expect(await rows()).toBe(before)
    await deleteForgottenNetworks(accounts.pool, later(START, 86_401))
    expect(await rows()).toBe(1)
    await deleteForgottenNetworks(accounts.pool, later(START, KNOWN_DAYS * 86_400 + 1))
    expect(await rows()).toBe(0)
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
    const { email } = await someUser(accounts.deps)
    const problem = await refusal(signIn(email, PASSWORD, null, origin))
    expect(problem).toMatchObject({ code: 'RATE_LIMITED', status: 429 })
    const seconds = Number(problem.headers['Retry-After'])
    expect(seconds).toBeGreaterThan(500)
    expect(seconds).toBeLessThanOrEqual(DEFAULT_LIMITS.windowSeconds)
  })

  it('is not held back by sign-ins that succeed', async () => {
    const origin = somewhere()
    const { email } = await someUser(accounts.deps)
    for (let count = 0; count < DEFAULT_LIMITS.failedSignInsPerAddress + 5; count += 1) {
      await signIn(email, PASSWORD, null, origin)
    }
  })

  it('makes so many accounts; a registration that was malformed does not count', async () => {
    const limits = { ...DEFAULT_LIMITS, registrationsPerAddress: 3 }
    const own = await accountsDatabase()
    const origin = somewhere()
    const register = (password: string) =>
      registerUser({ ...own.deps, limits }, { name: 'Ada', email: someEmail(), password }, origin)
    for (let count = 0; count < 5; count += 1) expect((await refusal(register('weak'))).status).toBe(400)
    for (let count = 0; count < 3; count += 1) await register(PASSWORD)
    expect((await refusal(register(PASSWORD))).code).toBe('RATE_LIMITED')
    await own.drop()
  })
})

describe('an account that signs in', () => {
  // A limit that counted right passwords after the check would tell that the password was right.
  it('does so so many times a minute; then nobody is checked for it, whatever the password', async () => {
    const limits = { ...DEFAULT_LIMITS, signInsPerAccount: 3 }
    const own = await accountsDatabase()
    const { email } = await someUser(own.deps)
    const attempt = (password: string) => login({ ...own.deps, limits }, { email, password }, somewhere())
    await someUser({ ...own.deps, limits })
    for (let count = 0; count < 3; count += 1) await attempt(PASSWORD)
    for (const password of [PASSWORD, 'Wrong-1!'])
      expect(await refusal(attempt(password))).toMatchObject({
        code: 'RATE_LIMITED',
        headers: { 'Retry-After': expect.stringMatching(/^([1-9]|[1-5]\d|60)$/) },
      })
    await own.drop()
  })

  it('does so so many times from one address, where an office has room', async () => {
    expect(DEFAULT_LIMITS.signInsPerAddress).toBeGreaterThanOrEqual(300)
    const limits = { ...DEFAULT_LIMITS, signInsPerAddress: 3 }
    const own = await accountsDatabase()
    const origin = somewhere()
    const deps = { ...own.deps, limits }
    for (let count = 0; count < 3; count += 1) {
      const { email } = await someUser(deps)
      await login(deps, { email, password: PASSWORD }, origin)
    }
    const { email } = await someUser(deps)
    expect((await refusal(login(deps, { email, password: PASSWORD }, origin))).code).toBe('RATE_LIMITED')
    await expect(login(deps, { email, password: PASSWORD }, somewhere())).resolves.toBeDefined()
    await own.drop()
  })
})
