// Sessions that are lost, that live on after their end, or that never end.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { hash } from '@node-rs/bcrypt'
import { DEFAULT_LIMITS } from '../../src/domain/accounts/limiters'
import { login } from '../../src/domain/accounts/login'
import { logout } from '../../src/domain/accounts/logout'
import { findPrincipal } from '../../src/domain/accounts/principal'
import { refresh } from '../../src/domain/accounts/refresh'
import { type Profile, registerUser } from '../../src/domain/accounts/register'
import { endAllSessions, endSession, listSessions } from '../../src/domain/accounts/sessions'
import type { TokenPair } from '../../src/domain/accounts/token-pair'
import { isAdmin } from '../../src/domain/operation/access'
import { MOST_SESSIONS } from '../../src/platform/database/schema/most-sessions'
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

const signIn = (user: Profile, password = PASSWORD, now: Date | null = null) =>
  login(accounts.deps, { email: user.email, password }, somewhere(), now)
const who = ({ sessionId, userId }: TokenPair, now: Date | null = null) =>
  findPrincipal(accounts.pool, { kind: 'session', sessionId, userId }, now)
const everything = async (pairs: TokenPair[]) =>
  (await Promise.all(pairs.map((pair) => who(pair)))).map((p) => p !== null)

describe('signing in', () => {
  it('gives a session that says who is calling', async () => {
    const user = await someUser(accounts.deps)
    const principal = await who(await signIn(user))
    expect(principal).toMatchObject({
      userId: user.id,
      email: user.email,
      role: 'user',
      via: 'session',
      tier: null,
    })
    expect(principal && isAdmin(principal)).toBe(false)
    expect(principal?.catalogueVersion).toBeGreaterThan(0)
  })

  // Payload's own login writes an array back and loses some of these.
  it('loses no session when six happen at once', async () => {
    const user = await someUser(accounts.deps)
    const pairs = await Promise.all(Array.from({ length: 6 }, () => signIn(user)))
    expect(await everything(pairs)).toEqual(Array(6).fill(true))
    const list = await listSessions(accounts.pool, {
      userId: user.id,
      sessionId: pairs[2]?.sessionId ?? null,
    })
    expect(list.map(({ id }) => id).sort()).toEqual(pairs.map(({ sessionId }) => sessionId).sort())
    expect(list.filter(({ current }) => current).map(({ id }) => id)).toEqual([pairs[2]?.sessionId])
    for (const pair of pairs) await refresh(accounts.deps, pair.refreshToken)
  })

  it('takes whatever a browser says of itself', async () => {
    const user = await someUser(accounts.deps)
    const origin = { address: '192.0.2.1', userAgent: `\0${'x'.repeat(5_000)}` }
    await login(accounts.deps, { email: user.email, password: PASSWORD }, origin)
    const list = await listSessions(accounts.pool, { userId: user.id, sessionId: null })
    expect(list[0]?.userAgent).toHaveLength(400)
  })

  it('makes the hash anew when the cost has changed', async () => {
    const user = await someUser(accounts.deps)
    const deps = { ...accounts.deps, config: { ...accounts.deps.config, bcryptCost: 5 } }
    await login(deps, { email: user.email, password: PASSWORD }, somewhere())
    const stored = await accounts.pool.query('select password_hash from credentials where user_id = $1', [
      user.id,
    ])
    expect(stored.rows[0].password_hash).toMatch(/^\$2b\$05\$/)
    await expect(signIn(user)).resolves.toBeDefined()
  })
})

// Letters can be sent in two forms; accounts made before the hub knew that must go on signing in.
describe('a password whose hash was made of the text as it was sent', () => {
  const APART = 'Cafe\u0301-horse-1'
  const COMPOSED = 'Caf\u00e9-horse-1'

  it('signs in, and by its other form from then on', async () => {
    const user = await someUser(accounts.deps)
    const old = (await hash(APART, 4)).replace('$2y$', '$2b$')
    await accounts.pool.query('update credentials set password_hash = $2 where user_id = $1', [user.id, old])
    expect((await refusal(signIn(user, COMPOSED))).code).toBe('INVALID_CREDENTIALS')
    await signIn(user, APART)
    await expect(signIn(user, COMPOSED)).resolves.toBeDefined()
    await expect(signIn(user, APART)).resolves.toBeDefined()
  })

  it('signs in when it is too long in the form of today, and keeps its hash', async () => {
    const user = await someUser(accounts.deps)
    const long = `Aa1!${'\u0958'.repeat(20)}`
    const old = (await hash(long, 4)).replace('$2y$', '$2b$')
    await accounts.pool.query('update credentials set password_hash = $2 where user_id = $1', [user.id, old])
    for (let nth = 0; nth < 2; nth += 1) await expect(signIn(user, long)).resolves.toBeDefined()
  })

  it('is one of today when it was set today', async () => {
    const name = { name: 'Ada', email: someEmail(), password: APART }
    await registerUser(accounts.deps, name, somewhere())
    await expect(
      login(accounts.deps, { email: name.email, password: COMPOSED }, somewhere()),
    ).resolves.toBeDefined()
  })
})

describe('a session cannot be renewed for ever', () => {
  const DAY = 86_400

  it('ends so long after its sign-in, and so do its tokens', async () => {
    const start = new Date('2026-01-01T00:00:00Z')
    const user = await someUser(accounts.deps)
    let pair = await signIn(user, PASSWORD, start)
    for (let day = 6; day < 90; day += 6)
      pair = await refresh(accounts.deps, pair.refreshToken, later(start, day * DAY))
    const almost = later(start, 90 * DAY - 60)
    pair = await refresh(accounts.deps, pair.refreshToken, almost)
    expect(pair.expiresInSeconds).toBe(60)
    expect(await who(pair, later(start, 90 * DAY - 1))).not.toBeNull()
    expect(await who(pair, later(start, 90 * DAY))).toBeNull()
    expect((await refusal(refresh(accounts.deps, pair.refreshToken, later(start, 90 * DAY)))).code).toBe(
      'UNAUTHORIZED',
    )
  })

  it('ends as well when it began under a longer limit, at its next refresh', async () => {
    const start = new Date(Date.now() - 100 * DAY * 1_000)
    const user = await someUser(accounts.deps)
    const pair = await signIn(user)
    await accounts.pool.query('update sessions set created_at = $2 where id = $1', [pair.sessionId, start])
    expect((await refusal(refresh(accounts.deps, pair.refreshToken))).code).toBe('UNAUTHORIZED')
    expect(await who(pair)).toBeNull()
  })

  it('never lasts longer than the limit, where a refresh token would', async () => {
    const deps = { ...accounts.deps, config: { ...accounts.deps.config, sessionMaxDays: 1 } }
    const user = await someUser(accounts.deps)
    const start = new Date()
    const pair = await login(deps, { email: user.email, password: PASSWORD }, somewhere(), start)
    expect(await who(pair, later(start, DAY - 1))).not.toBeNull()
    expect(await who(pair, later(start, DAY))).toBeNull()
  })
})

// Sign-ins that nobody ends must not pile up, and neither may many at once pass the bound.
describe('an account has so many live sessions', () => {
  it('at most; one more ends the one that was used longest ago', async () => {
    const user = await someUser(accounts.deps)
    const start = new Date()
    const pairs: TokenPair[] = []
    for (let nth = 0; nth < MOST_SESSIONS; nth += 1)
      pairs.push(await signIn(user, PASSWORD, later(start, nth)))
    await refresh(accounts.deps, (pairs[0] as TokenPair).refreshToken, later(start, 100))
    pairs.push(await signIn(user, PASSWORD, later(start, 101)))
    const live = await everything(pairs)
    expect(live.filter((lives) => !lives)).toHaveLength(1)
    expect(live[1]).toBe(false)
  })

  it('also when many begin at the same moment', async () => {
    const user = await someUser(accounts.deps)
    const deps = { ...accounts.deps, limits: { ...DEFAULT_LIMITS, signInsPerAccount: 1_000 } }
    const one = () => login(deps, { email: user.email, password: PASSWORD }, somewhere())
    // Thirty at once are what the hashing queue holds.
    for (let round = 0; round < 3; round += 1) await Promise.all(Array.from({ length: 30 }, one))
    const live = await accounts.pool.query('select from sessions where user_id = $1 and revoked_at is null', [
      user.id,
    ])
    expect(live.rows).toHaveLength(MOST_SESSIONS)
  })

  it('of which those of others are none', async () => {
    const [user, other] = [await someUser(accounts.deps), await someUser(accounts.deps)]
    const theirs = await signIn(other)
    for (let nth = 0; nth <= MOST_SESSIONS; nth += 1) await signIn(user)
    expect(await everything([theirs])).toEqual([true])
  })
})

describe('a session ends at once', () => {
  it('on logout, with both of its tokens and no other session', async () => {
    const user = await someUser(accounts.deps)
    const [first, second] = [await signIn(user), await signIn(user)]
    await logout(accounts.deps, { userId: user.id, sessionId: second.sessionId }, first.refreshToken)
    expect(await everything([first, second])).toEqual([false, true])
    expect((await refusal(refresh(accounts.deps, first.refreshToken))).code).toBe('UNAUTHORIZED')
    await logout(accounts.deps, { userId: user.id, sessionId: second.sessionId }, 'stale')
    expect(await everything([second])).toEqual([false])
  })

  it('never by another user', async () => {
    const [user, other] = [await someUser(accounts.deps), await someUser(accounts.deps)]
    const [mine, theirs] = [await signIn(user), await signIn(other)]
    await logout(accounts.deps, { userId: other.id, sessionId: theirs.sessionId }, mine.refreshToken)
    expect(await everything([mine, theirs])).toEqual([true, false])
    expect(await who({ ...mine, userId: other.id })).toBeNull()
    expect((await refusal(endSession(accounts.pool, other.id, mine.sessionId))).code).toBe('NOT_FOUND')
    await endSession(accounts.pool, user.id, mine.sessionId)
    expect(await everything([mine])).toEqual([false])
    expect((await refusal(endSession(accounts.pool, user.id, mine.sessionId))).code).toBe('NOT_FOUND')
  })

  it('when its user is disabled or deleted, and when its time is over', async () => {
    const now = new Date()
    const user = await someUser(accounts.deps)
    const pair = await signIn(user, PASSWORD, now)
    expect(await who(pair, later(now, 7 * 86_400 - 1))).not.toBeNull()
    expect(await who(pair, later(now, 7 * 86_400))).toBeNull()
    await accounts.pool.query('update users set disabled = true where id = $1', [user.id])
    expect(await who(pair)).toBeNull()
    expect((await refusal(refresh(accounts.deps, pair.refreshToken))).code).toBe('UNAUTHORIZED')
    await accounts.pool.query('delete from users where id = $1', [user.id])
    expect(await who(pair)).toBeNull()
  })

  it('when all of them are ended, but for one', async () => {
    const user = await someUser(accounts.deps)
    const pairs = await Promise.all([signIn(user), signIn(user), signIn(user)])
    await endAllSessions(accounts.pool, user.id, null, pairs[1].sessionId)
    expect(await everything(pairs)).toEqual([false, true, false])
  })
})

// Both lock the user before what hangs on it; in the other order one of the two would fail as a deadlock.
describe('signing in, refreshing and deleting the user at the same moment', () => {
  it('never wait for each other in a circle', async () => {
    for (let round = 0; round < 15; round += 1) {
      const user = await someUser(accounts.deps)
      const pair = await signIn(user)
      const results = await Promise.allSettled([
        ...Array.from({ length: 4 }, () => signIn(user)),
        ...Array.from({ length: 4 }, () => refresh(accounts.deps, pair.refreshToken)),
        accounts.pool.query('delete from users where id = $1', [user.id]),
      ])
      const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
      const expected = ['INVALID_CREDENTIALS', 'UNAUTHORIZED']
      expect(failures.filter((code) => !expected.includes(code))).toEqual([])
    }
  })
})
