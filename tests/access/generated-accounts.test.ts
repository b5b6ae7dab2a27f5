import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SignJWT } from 'jose'
import type { Pool } from 'pg'
import { LOCK_AFTER_FAILURES } from '../../src/domain/accounts/sign-in-state'
import { adminSession } from '../support/catalogue'
import { call, someAddress } from '../support/client'
import { mailedToken } from '../support/mail'
import { newUser, PASSWORD, type Person, signIn, unique } from '../support/people'
import { ask, hubDatabase } from './callers'
import { field } from './operations'

let db: Pool

beforeAll(() => {
  db = hubDatabase()
})
afterAll(() => db.end())

const NEXT = 'Next-passw0rd!'
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const login = (email: string, password: string, headers: Record<string, string> = {}) =>
  ask('POST', '/api/users/login', { body: { email, password }, headers })
const graphLogin = (email: string, password: string, headers: Record<string, string> = {}) =>
  field('loginUser', { email, password }, '{ token user { email } }', headers)
/** An account is locked for one network, so its failures and what follows them come from one. */
const fromOne = () => ({ 'x-forwarded-for': someAddress() })
const isLive = async (token: string) => (await call('GET', '/users/me', { token })).status === 200
const adminHeaders = async () => bearer((await adminSession()).token)

/** Another admin, signed in, who may be removed. */
async function newAdmin(): Promise<Person> {
  const person = await newUser()
  const body = { role: 'admin' }
  const made = await ask('PATCH', `/api/users/${person.id}`, { headers: await adminHeaders(), body })
  if (made.status !== 200) throw new Error(made.text)
  return { ...person, ...(await signIn(person.email, person.password)) }
}

describe('login', () => {
  test('opens a session of the hub’s by REST and by GraphQL, which every API takes', async () => {
    const { email, password } = await newUser()
    const rest = (await login(email, password)).body as { token: string; user: { email: string } }
    const graph = (await graphLogin(email, password))?.body as { data: { loginUser: { token: string } } }
    expect(rest.user.email).toBe(email)
    for (const token of [rest.token, graph.data.loginUser.token]) {
      expect(await isLive(token)).toBe(true)
      const me = await ask('GET', '/api/users/me', { headers: bearer(token) })
      expect((me.body as { user: { email: string } }).user.email).toBe(email)
    }
  })

  test('says the same of an unknown, a wrong, a locked and a disabled account', async () => {
    const [wrong, locked, disabled] = await Promise.all([newUser(), newUser(), newUser()])
    const here = fromOne()
    for (let count = 0; count < LOCK_AFTER_FAILURES; count += 1) await login(locked.email, 'Wrong-1!', here)
    await db.query('update users set disabled = true where id = $1', [disabled.id])
    const attempts: [string, string][] = [
      [`${unique('nobody')}@example.org`, PASSWORD],
      [wrong.email, 'Wrong-1!'],
      [locked.email, PASSWORD],
      [disabled.email, PASSWORD],
    ]
    const rest = await Promise.all(attempts.map(([email, password]) => login(email, password, here)))
    expect(rest.map(({ status }) => status)).toEqual([401, 401, 401, 401])
    expect(new Set(rest.map(({ text }) => text)).size).toBe(1)
    const graph = await Promise.all(attempts.map(([email, password]) => graphLogin(email, password, here)))
    expect(new Set(graph.map((answer) => answer?.text)).size).toBe(1)
  })

  test('forgets nothing of six at once', async () => {
    const { email, password } = await newUser()
    const answers = await Promise.all(Array.from({ length: 6 }, () => login(email, password)))
    const tokens = answers.map(({ body }) => (body as { token: string }).token)
    expect(await Promise.all(tokens.map(isLive))).toEqual(tokens.map(() => true))
  })
})

test('a password is stored once, as bcrypt; what Payload keeps opens nothing', async () => {
  const headers = await adminHeaders()
  const email = `${unique('made')}@example.org`
  const body = { name: 'Made', email, password: PASSWORD, role: 'user' }
  expect((await ask('POST', '/api/users', { headers, body })).status).toBe(201)
  const found = await db.query(
    'select users.hash, users.salt, password_hash from users join credentials on user_id = id where email = $1',
    [email],
  )
  expect(found.rows[0].password_hash).toMatch(/^\$2b\$1\d\$/)
  expect(JSON.stringify(found.rows[0])).not.toContain(PASSWORD)
  expect((await login(email, PASSWORD)).status).toBe(200)
})

test('a token that is signed with the raw secret opens nothing', async () => {
  const { id, email } = await newUser()
  const secret = new TextEncoder().encode(process.env.HUB_TEST_SECRET)
  const forged = await new SignJWT({ id, email, collection: 'users' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(secret)
  for (const headers of [
    bearer(forged),
    { authorization: `JWT ${forged}` },
    { cookie: `payload-token=${forged}` },
  ]) {
    expect((await ask('GET', '/api/users/me', { headers })).body).toMatchObject({ user: null })
    expect((await ask('GET', '/api/tools', { headers })).status).toBe(403)
  }
})

describe('cookies', () => {
  const cookiesOf = (headers: Headers) =>
    headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ')

  test('sign in to the generated API, not from a foreign origin, and never to the versioned one', async () => {
    const { email, password } = await newUser()
    const cookie = cookiesOf((await login(email, password)).headers)
    const own = { cookie, 'sec-fetch-site': 'same-origin' }
    expect((await ask('GET', '/api/tools', { headers: own })).status).toBe(200)
    // A browser says where a request comes from; what says nothing is a program.
    expect((await ask('GET', '/api/tools', { headers: { cookie } })).status).toBe(200)
    expect(
      (await ask('GET', '/api/tools', { headers: { cookie, 'sec-fetch-site': 'cross-site' } })).status,
    ).toBe(403)
    const foreign = { cookie, origin: 'https://evil.example' }
    expect((await ask('GET', '/api/tools', { headers: foreign })).status).toBe(403)
    expect((await ask('POST', '/api/users/refresh-token', { headers: foreign })).status).toBe(403)
    expect((await call('GET', '/users/me', { headers: { cookie } })).status).toBe(401)
  })

  test('renew the session by rotation, and logout ends it', async () => {
    const { email, password } = await newUser()
    const first = await login(email, password)
    const cookie = cookiesOf(first.headers)
    const renewed = await ask('POST', '/api/users/refresh-token', { headers: { cookie } })
    expect(renewed.status).toBe(200)
    const next = cookiesOf(renewed.headers)
    expect(next).not.toBe(cookie)
    const own = { cookie: next, 'sec-fetch-site': 'same-origin' }
    expect((await ask('POST', '/api/users/logout', { headers: own })).status).toBe(200)
    expect(await isLive((first.body as { token: string }).token)).toBe(false)
    expect((await ask('POST', '/api/users/refresh-token', { headers: { cookie: next } })).status).toBe(401)
  })
})

describe('a forgotten password', () => {
  test.each(['REST', 'GraphQL'])('is reset by a mailed link, once, by %s', async (way) => {
    const { email, token: session } = await newUser()
    const forget = (address: string) =>
      way === 'REST'
        ? ask('POST', '/api/users/forgot-password', { body: { email: address } })
        : field('forgotPasswordUser', { email: address }, '', {})
    const reset = (token: string) =>
      way === 'REST'
        ? ask('POST', '/api/users/reset-password', { body: { token, password: NEXT } })
        : field('resetPasswordUser', { token, password: NEXT }, '', {})
    expect((await forget(email))?.text).toBe((await forget(`${unique('nobody')}@example.org`))?.text)
    const token = await mailedToken(email, 'reset-password')
    expect((await reset(token))?.text).not.toContain('errors')
    expect((await login(email, NEXT)).status).toBe(200)
    expect((await login(email, PASSWORD)).status).toBe(401)
    expect(await isLive(session)).toBe(false)
    expect((await reset(token))?.text).toContain('errors')
  })
})

test('first-register, verify and unlock are for nobody, nobody and admins', async () => {
  const { email, token } = await newUser()
  const first = { email: `${unique('first')}@example.org`, password: PASSWORD }
  expect((await ask('POST', '/api/users/first-register', { body: first })).status).toBe(403)
  expect((await ask('POST', '/api/users/verify/x')).status).toBe(404)
  expect((await ask('GET', '/api/users/init')).body).toEqual({ initialized: true })
  const verified = await field('verifyEmailUser', { token: 'x' }, '', {})
  expect(verified === null || verified.text.includes('errors')).toBe(true)
  for (const headers of [{}, bearer(token)]) {
    expect((await ask('POST', '/api/users/unlock', { headers, body: { email } })).status).toBe(403)
    expect((await field('unlockUser', { email }, '', headers))?.text).toContain('FORBIDDEN')
  }
  const here = fromOne()
  for (let count = 0; count < LOCK_AFTER_FAILURES; count += 1) await login(email, 'Wrong-1!', here)
  expect((await login(email, PASSWORD, here)).status).toBe(401)
  const headers = await adminHeaders()
  expect((await ask('POST', '/api/users/unlock', { headers, body: { email } })).status).toBe(200)
  expect((await login(email, PASSWORD, here)).status).toBe(200)
})

describe('a password in an update', () => {
  test('is refused to a user, and their id in another spelling changes nothing', async () => {
    const { id, email, token } = await newUser()
    for (const name of [id, id.toUpperCase(), `{${id}}`, id.replaceAll('-', '')]) {
      const body = { password: NEXT, currentPassword: PASSWORD }
      const answer = await ask('PATCH', `/api/users/${name}`, { headers: bearer(token), body })
      expect([403, 404]).toContain(answer.status)
    }
    expect((await login(email, NEXT)).status).toBe(401)
  })

  test('of an admin’s own needs the current one, however their id is spelled', async () => {
    const admin = await newAdmin()
    const headers = bearer(admin.token)
    for (const name of [admin.id, admin.id.toUpperCase(), `{${admin.id}}`, admin.id.replaceAll('-', '')]) {
      for (const more of [{}, { currentPassword: 'Wrong-1!' }]) {
        const answer = await ask('PATCH', `/api/users/${name}`, {
          headers,
          body: { password: NEXT, ...more },
        })
        expect([400, 401, 404]).toContain(answer.status)
      }
    }
    const graph = await field(
      'updateUser',
      { id: admin.id.toUpperCase(), data: { password: NEXT } },
      '{ id }',
      headers,
    )
    expect(graph?.text).toContain('errors')
    const body = { password: NEXT, currentPassword: PASSWORD }
    expect((await ask('PATCH', `/api/users/${admin.id}`, { headers, body })).status).toBe(200)
    expect((await login(admin.email, NEXT)).status).toBe(200)
  })
})

describe('at once', () => {
  test('disabling, demoting and deleting take effect everywhere', async () => {
    const headers = await adminHeaders()
    const disabled = await newUser()
    await ask('PATCH', `/api/users/${disabled.id}`, { headers, body: { disabled: true } })
    expect(await isLive(disabled.token)).toBe(false)
    const demoted = await newAdmin()
    expect((await call('GET', '/admin/users', { token: demoted.token })).status).toBe(200)
    await ask('PATCH', `/api/users/${demoted.id}`, { headers, body: { role: 'user' } })
    expect((await call('GET', '/admin/users', { token: demoted.token })).status).not.toBe(200)
    expect((await ask('GET', '/api/payload-kv', { headers: bearer(demoted.token) })).status).toBe(403)
    const deleted = await newUser()
    expect((await ask('DELETE', `/api/users/${deleted.id}`, { headers })).status).toBe(200)
    expect(await isLive(deleted.token)).toBe(false)
  })

  test('a change of the name never undoes a change of the role', async () => {
    const headers = await adminHeaders()
    for (let round = 0; round < 10; round += 1) {
      const { id, token } = await newUser()
      const change = (who: Record<string, string>, body: object) =>
        ask('PATCH', `/api/users/${id}`, { headers: who, body })
      const names = Array.from({ length: 4 }, (_, at) => change(bearer(token), { name: `Name ${at}` }))
      await Promise.all([...names, change(headers, { disabled: true }), ...names])
      const row = (await db.query('select disabled from users where id = $1', [id])).rows[0]
      expect(row.disabled).toBe(true)
    }
  })
})
