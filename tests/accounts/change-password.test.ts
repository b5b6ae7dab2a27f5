import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { changePassword } from '../../src/domain/accounts/change-password'
import { login } from '../../src/domain/accounts/login'
import { findPrincipal } from '../../src/domain/accounts/principal'
import type { Profile } from '../../src/domain/accounts/register'
import { listSessions } from '../../src/domain/accounts/sessions'
import type { TokenPair } from '../../src/domain/accounts/token-pair'
import { untilWaitedFor } from '../support/locks'
import { type Accounts, accountsDatabase, PASSWORD, refusal, someUser, somewhere } from './fixture'

let accounts: Accounts

beforeAll(async () => {
  accounts = await accountsDatabase()
})
afterAll(() => accounts.drop())

const signIn = (user: Profile, password = PASSWORD) =>
  login(accounts.deps, { email: user.email, password }, somewhere())
const who = ({ sessionId, userId }: TokenPair) =>
  findPrincipal(accounts.pool, { kind: 'session', sessionId, userId }, null)
const everything = async (pairs: TokenPair[]) =>
  (await Promise.all(pairs.map((pair) => who(pair)))).map((principal) => principal !== null)

describe('changing the password', () => {
  it('asks for the current one, keeps this session and ends the others', async () => {
    const user = await someUser(accounts.deps)
    const [mine, other] = [await signIn(user), await signIn(user)]
    const caller = { userId: user.id, email: user.email, sessionId: mine.sessionId }
    const change = (currentPassword: string, newPassword: string) =>
      changePassword(accounts.deps, caller, { currentPassword, newPassword }, somewhere())
    expect((await refusal(change('Wrong-1!', 'Other-1!'))).code).toBe('INVALID_CREDENTIALS')
    expect(await refusal(change(PASSWORD, 'weak'))).toMatchObject({
      status: 400,
      details: [{ field: 'new_password' }, {}, {}, {}],
    })
    await change(PASSWORD, 'Other-1!')
    expect(await everything([mine, other])).toEqual([true, false])
    expect((await refusal(signIn(user))).code).toBe('INVALID_CREDENTIALS')
    await expect(signIn(user, 'Other-1!')).resolves.toBeDefined()
  })

  it('refuses the old password that was right when its check began', async () => {
    const user = await someUser(accounts.deps)
    const client = await accounts.pool.connect()
    await client.query('begin')
    await client.query('update credentials set password_hash = $2 where user_id = $1', [user.id, 'another'])
    const attempt = refusal(signIn(user))
    await untilWaitedFor(accounts.pool, client)
    await client.query('commit')
    client.release()
    expect((await attempt).code).toBe('INVALID_CREDENTIALS')
  })

  // The old password must not open a session that outlives the change.
  it('leaves no session opened with the old password at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const user = await someUser(accounts.deps)
      const caller = { userId: user.id, email: user.email, sessionId: null }
      const attempts = Array.from({ length: 6 }, () => signIn(user))
      const change = changePassword(
        accounts.deps,
        caller,
        { currentPassword: PASSWORD, newPassword: 'Other-1!' },
        somewhere(),
      )
      const [results] = await Promise.all([Promise.allSettled(attempts), change])
      const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
      const live = await listSessions(accounts.pool, { userId: user.id, sessionId: null })
      expect(live).toHaveLength(0)
      expect(await everything(opened)).toEqual(opened.map(() => false))
    }
  })
})
