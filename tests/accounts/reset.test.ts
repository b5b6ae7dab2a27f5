import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { DEFAULT_LIMITS } from '../../src/domain/accounts/limiters'
import { login } from '../../src/domain/accounts/login'
import { findPrincipal } from '../../src/domain/accounts/principal'
import { requestPasswordReset, resetPassword } from '../../src/domain/accounts/reset-password'
import { LOCK_AFTER_FAILURES } from '../../src/domain/accounts/sign-in-state'
import { queuedMails } from '../support/outbox'
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

const NEW = 'Br4nd-new-one'
const signIn = (email: string, password: string) => login(accounts.deps, { email, password }, somewhere())
const reset = (token: string, newPassword = NEW, now: Date | null = null) =>
  resetPassword(accounts.deps, { token, newPassword }, now)

async function linkFor(email: string, now: Date | null = null): Promise<string> {
  await requestPasswordReset(accounts.deps, { email }, somewhere(), now)
  return mailedToken(accounts.pool, email)
}

describe('a reset link', () => {
  it('sets the password once, ends all sessions and lifts a lock', async () => {
    const { email } = await someUser(accounts.deps)
    const { sessionId, userId } = await signIn(email, PASSWORD)
    for (let count = 0; count < LOCK_AFTER_FAILURES; count += 1) await refusal(signIn(email, 'Wrong-1!'))
    const token = await linkFor(email)
    await reset(token)
    expect(await findPrincipal(accounts.pool, { kind: 'session', sessionId, userId }, null)).toBeNull()
    await expect(signIn(email, NEW)).resolves.toBeDefined()
    expect(await refusal(reset(token))).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: [{ field: 'token' }],
    })
  })

  it('works for one of eight that use it at once', async () => {
    const token = await linkFor((await someUser(accounts.deps)).email)
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => reset(token)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('is not spent by a password that breaks the rules', async () => {
    const token = await linkFor((await someUser(accounts.deps)).email)
    expect((await refusal(reset(token, 'weak'))).details[0]).toMatchObject({
      field: 'new_password',
      rule: 'length',
    })
    await reset(token)
  })

  it('is dead after a day, and as soon as another was asked for', async () => {
    const now = new Date()
    const { email } = await someUser(accounts.deps)
    const old = await linkFor(email, now)
    expect((await refusal(reset(old, NEW, later(now, 86_400)))).status).toBe(400)
    const fresh = await linkFor(email, now)
    expect((await refusal(reset(old, NEW, now))).status).toBe(400)
    await reset(fresh, NEW, later(now, 86_399))
  })

  it('is stored as a hash, and comes from the configuration', async () => {
    const { email, id } = await someUser(accounts.deps)
    const token = await linkFor(email)
    const stored = await accounts.pool.query('select * from email_tokens where user_id = $1', [id])
    expect(stored.rows).toHaveLength(1)
    expect(JSON.stringify(stored.rows)).not.toContain(token)
    const [mail] = await queuedMails(accounts.pool, email)
    expect(mail?.text).toContain(`http://localhost:3000/account/reset-password#token=${token}`)
    expect(mail?.html).toContain(`href="http://localhost:3000/account/reset-password#token=${token}"`)
  })

  it('that was never made is refused without a query', async () => {
    for (const token of ['', 'x', '../..', `${'a'.repeat(43)}\0`, 'a'.repeat(5_000)]) {
      expect((await refusal(reset(token))).status).toBe(400)
    }
    expect((await refusal(reset('a'.repeat(43)))).status).toBe(400)
  })
})

describe('asking for one', () => {
  it('sends nothing for an unknown or disabled account, and nothing after too many', async () => {
    const count = async (email: string) => {
      const found = await accounts.pool.query(
        `select from mail_outbox where recipient = $1 and subject like 'Choose%'`,
        [email],
      )
      return found.rows.length
    }
    const stranger = someEmail()
    await requestPasswordReset(accounts.deps, { email: stranger }, somewhere())
    expect(await count(stranger)).toBe(0)
    const { email } = await someUser(accounts.deps)
    for (let asked = 0; asked < DEFAULT_LIMITS.resetsPerAccount + 3; asked += 1) {
      await requestPasswordReset(accounts.deps, { email }, somewhere())
    }
    expect(await count(email)).toBe(DEFAULT_LIMITS.resetsPerAccount)
    const disabled = await someUser(accounts.deps)
    await accounts.pool.query('update users set disabled = true where id = $1', [disabled.id])
    await requestPasswordReset(accounts.deps, { email: disabled.email }, somewhere())
    expect(await count(disabled.email)).toBe(0)
  })
})
