// A rule of signing in that holds at one interface and not at another.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import { CLOSE_AFTER_FAILURES } from '../../src/domain/accounts/sign-in-state'
import { someAddress } from '../support/client'
import { newAdminSession, newUser, PASSWORD, unique } from '../support/people'
import { ask, hubDatabase } from './callers'
import { field } from './operations'

let db: pg.Pool
let admin: Record<string, string>

beforeAll(async () => {
  db = hubDatabase()
  admin = { authorization: `Bearer ${(await newAdminSession()).token}` }
})
afterAll(() => db.end())

/** Each interface that signs in, and whether it let somebody in. */
const SIGN_IN = {
  'the versioned API': async (body: object, headers: Record<string, string>) =>
    (await ask('POST', '/api/v1/auth/login', { body, headers })).status === 200,
  'the generated API': async (body: object, headers: Record<string, string>) =>
    (await ask('POST', '/api/users/login', { body, headers })).status === 200,
  GraphQL: async (body: object, headers: Record<string, string>) =>
    (await field('loginUser', body as Record<string, unknown>, '{ token }', headers))?.text.includes(
      '"errors"',
    ) === false,
}
const interfaces = Object.entries(SIGN_IN)
const from = () => ({ 'x-forwarded-for': someAddress() })

describe('an account that was attacked from everywhere', () => {
  const attacked = async () => {
    const user = await newUser()
    const first = await ask('POST', '/api/users/login', { body: { email: user.email, password: PASSWORD } })
    const cookie = /([^\s=;,]*browser)=([^;]+); Path=\/api; HttpOnly; SameSite=Lax/.exec(
      first.headers.getSetCookie().join('\n'),
    )
    await db.query('update credentials set failures_in_day = $2, failures_since = now() where user_id = $1', [
      user.id,
      CLOSE_AFTER_FAILURES,
    ])
    return { body: { email: user.email, password: PASSWORD }, cookie: `${cookie?.[1]}=${cookie?.[2]}` }
  }

  test('is closed to strangers at every interface', async () => {
    const { body } = await attacked()
    for (const [, signIn] of interfaces) expect(await signIn(body, from())).toBe(false)
  })

  test('lets a browser in that signed in before, by the panel and the generated API alone', async () => {
    for (const [name, signIn] of interfaces) {
      const { body, cookie } = await attacked()
      expect(await signIn(body, { ...from(), cookie })).toBe(name !== 'the versioned API')
    }
  })
})

test('a common password is refused wherever one is set, and named as such', async () => {
  const user = await newUser()
  const password = 'Password1!'
  const made = { name: 'Somebody', email: `${unique('weak')}@example.org`, password, role: 'user' }
  const { role: _role, ...registration } = made
  const bearer = { authorization: `Bearer ${user.token}` }
  const answers = [
    await ask('POST', '/api/v1/auth/register', { body: registration }),
    await ask('POST', '/api/v1/users/me/password', {
      headers: bearer,
      body: { current_password: PASSWORD, new_password: password },
    }),
    await ask('POST', '/api/v1/auth/password-reset/unknown', { body: { new_password: password } }),
    await ask('POST', '/api/users/reset-password', { body: { token: 'unknown', password } }),
    await ask('POST', '/api/users', { headers: admin, body: made }),
    await ask('PATCH', `/api/users/${user.id}`, { headers: admin, body: { password } }),
  ]
  for (const { status, text } of answers) {
    expect(status).toBe(400)
    expect(text).toContain('common password')
  }
  const graph = [
    await field('resetPasswordUser', { token: 'unknown', password }, '', {}),
    await field('createUser', { data: made }, '{ id }', admin),
    await field('updateUser', { id: user.id, data: { password } }, '{ id }', admin),
  ]
  for (const answer of graph) expect(answer?.text).toContain('common password')
})

test('a password of letters in two forms signs in by either, at every interface', async () => {
  const email = `${unique('forms')}@example.org`
  const body = { name: 'Somebody', email, password: 'Cafe\u0301-horse-1' }
  expect((await ask('POST', '/api/v1/auth/register', { body })).status).toBe(201)
  for (const [, signIn] of interfaces)
    expect(await signIn({ email, password: 'Caf\u00e9-horse-1' }, from())).toBe(true)
})
