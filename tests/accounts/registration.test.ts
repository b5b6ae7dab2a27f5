import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { confirmEmail } from '../../src/domain/accounts/confirm-email'
import { login } from '../../src/domain/accounts/login'
import { registerUser } from '../../src/domain/accounts/register'
import {
  type Accounts,
  accountsDatabase,
  later,
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

const register = (input: { name?: string; email?: string; password?: string }) =>
  registerUser(accounts.deps, { name: 'Ada', email: someEmail(), password: PASSWORD, ...input }, somewhere())

const countAll = async () => {
  const tables = ['users', 'credentials', 'mail_outbox', 'email_tokens']
  const counts = await Promise.all(
    tables.map((table) => accounts.pool.query(`select count(*)::int as n from ${table}`)),
  )
  return counts.map(({ rows }) => rows[0].n)
}

describe('registration', () => {
  it('makes a user with a bcrypt hash, a welcome mail and no session', async () => {
    const email = someEmail()
    const user = await register({ name: '  Ada Lovelace ', email: ` ${email.toUpperCase()}` })
    expect(user).toMatchObject({ name: 'Ada Lovelace', email, role: 'user', createdAt: expect.any(Date) })
    const stored = await accounts.pool.query('select password_hash from credentials where user_id = $1', [
      user.id,
    ])
    expect(stored.rows[0].password_hash).toMatch(/^\$2b\$04\$.{53}$/)
    const mail = await accounts.pool.query('select subject from mail_outbox where recipient = $1', [email])
    expect(mail.rows).toHaveLength(1)
  })

  it('names everything that is wrong at once', async () => {
    const problem = await refusal(register({ name: ' ', email: 'nobody', password: 'x' }))
    expect(problem.status).toBe(400)
    expect(problem.details.map(({ field, rule }) => rule ?? field)).toEqual([
      'name',
      'email',
      'length',
      'upper_case',
      'digit',
      'special',
    ])
    for (const name of ['a\0b', 'a\nb', 'x'.repeat(101)])
      expect((await refusal(register({ name }))).status).toBe(400)
    for (const email of ['a@b', 'a b@example.com', `${'x'.repeat(250)}@example.com`, 'a\0@example.com']) {
      expect((await refusal(register({ email }))).status).toBe(400)
    }
  })

  // Requirement: an email that is taken is a 409, and nothing changes.
  it('refuses an email that is taken and changes nothing, also for eight at once', async () => {
    const email = someEmail()
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => register({ email: email.toUpperCase() })),
    )
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
    expect(reasons).toEqual(Array(7).fill('EMAIL_TAKEN'))
    const before = await countAll()
    expect(await refusal(register({ email }))).toMatchObject({ code: 'EMAIL_TAKEN', status: 409 })
    expect(await countAll()).toEqual(before)
  })

  it('undoes everything when what new users get cannot be given', async () => {
    const before = await countAll()
    const deps = { ...accounts.deps, onRegistered: () => Promise.reject(new Error('no plan')) }
    const input = { name: 'Ada', email: someEmail(), password: PASSWORD }
    await expect(registerUser(deps, input, somewhere())).rejects.toThrow('no plan')
    expect(await countAll()).toEqual(before)
  })
})

describe('with confirmation required', () => {
  it('nobody signs in before following the link, and only a right password is told so', async () => {
    const deps = { ...accounts.deps, config: { ...accounts.deps.config, requireEmailConfirmation: true } }
    const email = someEmail()
    await registerUser(deps, { name: 'Ada', email, password: PASSWORD }, somewhere())
    const signIn = (password: string) => login(deps, { email, password }, somewhere())
    expect((await refusal(signIn('Wrong-1!'))).code).toBe('INVALID_CREDENTIALS')
    expect(await refusal(signIn(PASSWORD))).toMatchObject({ code: 'EMAIL_NOT_CONFIRMED', status: 403 })
    const token = await mailedToken(accounts.pool, email)
    await confirmEmail(deps, token)
    await expect(signIn(PASSWORD)).resolves.toMatchObject({ expiresInSeconds: 1800 })
    expect((await refusal(confirmEmail(deps, token))).status).toBe(400)
  })

  it('a link is dead after a day', async () => {
    const deps = { ...accounts.deps, config: { ...accounts.deps.config, requireEmailConfirmation: true } }
    const [email, now] = [someEmail(), new Date()]
    await registerUser(deps, { name: 'Ada', email, password: PASSWORD }, somewhere(), now)
    const token = await mailedToken(accounts.pool, email)
    for (const wrong of ['', token.slice(1), `${token}\0`])
      expect((await refusal(confirmEmail(deps, wrong))).status).toBe(400)
    expect((await refusal(confirmEmail(deps, token, later(now, 86_400)))).status).toBe(400)
    await confirmEmail(deps, token, later(now, 86_399))
  })
})
