import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { login } from '../../src/domain/accounts/login'
import { findPrincipal } from '../../src/domain/accounts/principal'
import { refresh } from '../../src/domain/accounts/refresh'
import type { TokenPair } from '../../src/domain/accounts/token-pair'
import { type Accounts, accountsDatabase, later, PASSWORD, refusal, someUser, somewhere } from './fixture'

let accounts: Accounts

beforeAll(async () => {
  accounts = await accountsDatabase()
})
afterAll(() => accounts.drop())

const START = new Date('2026-01-31T12:00:00Z')
const at = (seconds: number) => later(START, seconds)

async function signedIn(): Promise<TokenPair> {
  const user = await someUser(accounts.deps, START)
  return login(accounts.deps, { email: user.email, password: PASSWORD }, somewhere(), START)
}

const isLive = async ({ sessionId, userId }: TokenPair, seconds: number) =>
  (await findPrincipal(accounts.pool, { kind: 'session', sessionId, userId }, at(seconds))) !== null
const rotate = (token: string, seconds: number) => refresh(accounts.deps, token, at(seconds))

describe('a refresh token', () => {
  it('works once, and leads to one that works; it is stored as a hash alone', async () => {
    const first = await signedIn()
    const second = await rotate(first.refreshToken, 60)
    const third = await rotate(second.refreshToken, 120)
    expect(new Set([first, second, third].map((pair) => pair.refreshToken)).size).toBe(3)
    expect(new Set([first, second, third].map((pair) => pair.sessionId)).size).toBe(1)
    const stored = await accounts.pool.query('select hash::text from refresh_tokens where session_id = $1', [
      first.sessionId,
    ])
    expect(stored.rows).toHaveLength(3)
    expect(JSON.stringify(stored.rows)).not.toContain(third.refreshToken)
  })

  it('keeps the session alive for its days again', async () => {
    const first = await signedIn()
    const day = 86_400
    const second = await rotate(first.refreshToken, 6 * day)
    const third = await rotate(second.refreshToken, 12 * day)
    expect(await isLive(third, 18 * day)).toBe(true)
    expect((await refusal(rotate(third.refreshToken, 19 * day))).code).toBe('UNAUTHORIZED')
  })

  it('that is unknown or malformed is refused', async () => {
    for (const token of ['', 'jhr_x', `jhr_${'a'.repeat(43)}`, 'x'.repeat(5_000), 'jhr_\0']) {
      expect(await refusal(rotate(token, 0))).toMatchObject({ code: 'UNAUTHORIZED', status: 401 })
    }
  })
})

describe('a spent refresh token', () => {
  // FR-004: somebody has a copy, so neither copy may go on.
  it('ends its session when it comes back late', async () => {
    const first = await signedIn()
    const second = await rotate(first.refreshToken, 60)
    expect(await refusal(rotate(first.refreshToken, 71))).toMatchObject({ code: 'TOKEN_REUSED', status: 401 })
    expect(await isLive(second, 71)).toBe(false)
    expect((await refusal(rotate(second.refreshToken, 72))).code).toBe('UNAUTHORIZED')
  })

  it('ends its session when the token after it was used, however soon', async () => {
    const first = await signedIn()
    const second = await rotate(first.refreshToken, 60)
    const third = await rotate(second.refreshToken, 61)
    expect((await refusal(rotate(first.refreshToken, 62))).code).toBe('TOKEN_REUSED')
    expect((await refusal(rotate(third.refreshToken, 63))).code).toBe('UNAUTHORIZED')
  })

  it('ends no other session of that user', async () => {
    const user = await someUser(accounts.deps, START)
    const enter = () => login(accounts.deps, { email: user.email, password: PASSWORD }, somewhere(), START)
    const [first, other] = [await enter(), await enter()]
    await rotate(first.refreshToken, 60)
    await refusal(rotate(first.refreshToken, 100))
    expect(await isLive(other, 100)).toBe(true)
  })

  // A client that got no answer asks again; that must not log its user out.
  it('gives the same successor again within ten seconds', async () => {
    const first = await signedIn()
    const second = await rotate(first.refreshToken, 60)
    const again = await rotate(first.refreshToken, 69)
    expect(again.refreshToken).toBe(second.refreshToken)
    await rotate(again.refreshToken, 200)
  })
})

describe('eight refreshes of one token at once', () => {
  it('lead to one next token, and never to two lines of them', async () => {
    for (let round = 0; round < 5; round += 1) {
      const first = await signedIn()
      const pairs = await Promise.all(
        Array.from({ length: 8 }, () => refresh(accounts.deps, first.refreshToken, at(5))),
      )
      expect(new Set(pairs.map((pair) => pair.refreshToken)).size).toBe(1)
      const unspent = await accounts.pool.query(
        'select count(*)::int as n from refresh_tokens where session_id = $1 and spent_at is null',
        [first.sessionId],
      )
      expect(unspent.rows[0].n).toBe(1)
      expect(await isLive(first, 6)).toBe(true)
    }
  })
})
