// One valid account, signing in without end, must keep nobody else from signing in.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Origin } from '../../src/domain/accounts/deps'
import { DEFAULT_LIMITS, type LimitSettings } from '../../src/domain/accounts/limiters'
import { login } from '../../src/domain/accounts/login'
import { MOST_SESSIONS } from '../../src/platform/database/schema/most-sessions'
import { type Accounts, accountsDatabase, PASSWORD, someUser, somewhere } from './fixture'

let accounts: Accounts

beforeAll(async () => {
  accounts = await accountsDatabase({ bcryptCost: 7 })
})
afterAll(() => accounts.drop())

const CONNECTIONS = 40
const TRIES = 30

/** How many of another person's tries succeed while one account signs in over forty connections. */
async function triesThatSucceed(limits: LimitSettings, flood: Origin, other: Origin): Promise<number> {
  const deps = { ...accounts.deps, limits }
  const [flooder, person] = [await someUser(deps), await someUser(deps)]
  const signIn = (email: string, origin: Origin) =>
    login(deps, { email, password: PASSWORD }, origin).then(
      () => true,
      () => false,
    )
  let isOver = false
  const connection = async () => {
    while (!isOver) {
      await signIn(flooder.email, flood)
      // A refusal answers at once; a client over a socket would let others have their turn too.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const connections = Array.from({ length: CONNECTIONS }, connection)
  let succeeded = 0
  for (let nth = 0; nth < TRIES; nth += 1) if (await signIn(person.email, other)) succeeded += 1
  isOver = true
  await Promise.all(connections)
  const live = await accounts.pool.query(
    'select from sessions where user_id = $1 and revoked_at is null and expires_at > now()',
    [flooder.id],
  )
  expect(live.rows.length).toBeLessThanOrEqual(MOST_SESSIONS)
  return succeeded
}

/** The queue alone: no limit stops the flood. */
const NO_LIMITS = { ...DEFAULT_LIMITS, signInsPerAccount: 1_000_000, signInsPerAddress: 1_000_000 }

describe('while one account signs in over forty connections', () => {
  it.each([
    ['by the limits of every hub', DEFAULT_LIMITS],
    ['also where no limit stops the flood', NO_LIMITS],
  ])('somebody elsewhere signs in, %s', async (_name, limits) => {
    expect(await triesThatSucceed(limits, somewhere(), somewhere())).toBeGreaterThanOrEqual(29)
  })

  it('somebody behind the same address signs in', async () => {
    const office = somewhere()
    expect(await triesThatSucceed(NO_LIMITS, office, office)).toBeGreaterThanOrEqual(29)
  })
})
