// Guards against a setting that locks people out: confirmation that comes on asks nothing of the accounts of before,
// and lets nobody in who had to confirm already. Whoever must confirm gets a fresh link, and no flood of them.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { confirmEmail } from '../../src/domain/accounts/confirm-email'
import { login } from '../../src/domain/accounts/login'
import { registerUser } from '../../src/domain/accounts/register'
import { mustConfirmDown, mustConfirmUp } from '../../src/platform/database/schema/must-confirm'
import {
  type Accounts,
  accountsDatabase,
  mailedToken,
  PASSWORD,
  refusal,
  someEmail,
  somewhere,
} from './fixture'

let accounts: Accounts

beforeAll(async () => {
  accounts = await accountsDatabase()
})
afterAll(() => accounts.drop())

const deps = (requireEmailConfirmation: boolean) => ({
  ...accounts.deps,
  config: { ...accounts.deps.config, requireEmailConfirmation },
})
const register = async (required: boolean) => {
  const email = someEmail()
  await registerUser(deps(required), { name: 'Ada', email, password: PASSWORD }, somewhere())
  return email
}
const signIn = (email: string, password = PASSWORD, from = somewhere()) =>
  login(deps(true), { email, password }, from)
const mails = async (email: string) => {
  const sql = `select from mail_outbox where recipient = $1 and subject like '%confirm%'`
  return (await accounts.pool.query(sql, [email])).rows.length
}

it('an account that was made while it was off signs in when it is on', async () => {
  const email = await register(false)
  await expect(signIn(email)).resolves.toMatchObject({ expiresInSeconds: 1800 })
})

describe('at the upgrade', () => {
  /** As the database was before, with what this makes in it, and then the migration. */
  const upgraded = async (wasRequired: boolean, make: () => Promise<string>) => {
    for (const statement of mustConfirmDown) await accounts.pool.query(statement)
    await accounts.pool.query('alter table credentials add column must_confirm boolean')
    const email = await make()
    for (const statement of [...mustConfirmDown, ...mustConfirmUp(wasRequired)])
      await accounts.pool.query(statement)
    return email
  }
  const forgetMails = (email: string) =>
    accounts.pool.query('delete from mail_outbox where recipient = $1', [email])

  it.each([false, true])(
    'an account of before signs in, whether or not the setting stands (%s)',
    async (stands) => {
      const email = await upgraded(stands, () => register(false))
      await expect(signIn(email)).resolves.toMatchObject({ expiresInSeconds: 1800 })
    },
  )

  it('so does one that signed in long ago, of which nothing else is known', async () => {
    const email = await upgraded(true, async () => {
      const old = await register(false)
      await login(deps(false), { email: old, password: PASSWORD }, somewhere())
      await forgetMails(old)
      return old
    })
    await expect(signIn(email)).resolves.toMatchObject({ expiresInSeconds: 1800 })
  })

  it.each([false, true])('one that had to confirm still has to (%s)', async (stands) => {
    const email = await upgraded(stands, () => register(true))
    expect((await refusal(signIn(email))).code).toBe('EMAIL_NOT_CONFIRMED')
  })

  it('also one of long ago that never signed in, where the setting stands', async () => {
    const email = await upgraded(true, async () => {
      const old = await register(true)
      await accounts.pool.query('delete from email_tokens')
      await forgetMails(old)
      return old
    })
    expect((await refusal(signIn(email))).code).toBe('EMAIL_NOT_CONFIRMED')
  })
})

describe('a sign-in before the address is confirmed', () => {
  it('mails a fresh link, which works, after a right password alone', async () => {
    const email = await register(true)
    expect((await refusal(signIn(email, 'Wrong-1!'))).code).toBe('INVALID_CREDENTIALS')
    expect(await mails(email)).toBe(1)
    const first = await mailedToken(accounts.pool, email)
    expect((await refusal(signIn(email))).code).toBe('EMAIL_NOT_CONFIRMED')
    expect(await mails(email)).toBe(2)
    const fresh = await mailedToken(accounts.pool, email)
    expect(fresh).not.toBe(first)
    expect((await refusal(confirmEmail(deps(true), first))).status).toBe(400)
    await confirmEmail(deps(true), fresh)
    await expect(signIn(email)).resolves.toMatchObject({ expiresInSeconds: 1800 })
  })

  it('mails no more than five in ten minutes, and answers the same', async () => {
    const email = await register(true)
    for (let count = 0; count < 8; count += 1)
      expect((await refusal(signIn(email))).code).toBe('EMAIL_NOT_CONFIRMED')
    expect(await mails(email)).toBe(6)
  })
})
