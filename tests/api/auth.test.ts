import { describe, expect, test } from '@jest/globals'
import { call } from '../support/client'
import { mailedToken } from '../support/mail'
import { newKey, newUser, PASSWORD, signIn, unique } from '../support/people'

interface Pair {
  access_token: string
  refresh_token: string
  token_type: string
  expires_in: number
}

const refresh = (token: string) => call<Pair>('POST', '/auth/refresh', { body: { refresh_token: token } })
const me = (token: string) => call('GET', '/users/me', { token })

describe('POST /auth/login', () => {
  test('200: a bearer pair that works', async () => {
    const person = await newUser()
    const pair = await call<Pair>('POST', '/auth/login', {
      body: { email: person.email, password: PASSWORD },
    })
    expect(pair.status).toBe(200)
    expect(pair.data).toMatchObject({ token_type: 'bearer', expires_in: 1_800 })
    expect((await me(pair.data.access_token)).status).toBe(200)
  })

  test('401: a wrong password and an unknown account get the same answer', async () => {
    const person = await newUser()
    const answers = await Promise.all(
      [person.email, `${unique('nobody')}@example.org`].map((email) =>
        call('POST', '/auth/login', { body: { email, password: 'Wr0ng-horse!' } }),
      ),
    )
    for (const answer of answers)
      expect([answer.status, answer.error?.code]).toEqual([401, 'INVALID_CREDENTIALS'])
    expect(answers[0]?.error).toEqual(answers[1]?.error)
  })

  test('parallel logins: six give six live sessions', async () => {
    const person = await newUser()
    const pairs = await Promise.all(Array.from({ length: 6 }, () => signIn(person.email, PASSWORD)))
    const alive = await Promise.all(pairs.map(({ token }) => me(token)))
    expect(alive.map(({ status }) => status)).toEqual(Array(6).fill(200))
    const sessions = await call<unknown[]>('GET', '/users/me/sessions', { token: person.token })
    expect(sessions.data).toHaveLength(7)
  })
})

describe('POST /auth/refresh', () => {
  test('200: a new pair; 401 for what is no token', async () => {
    const person = await newUser()
    const next = await refresh(person.refreshToken)
    expect(next.status).toBe(200)
    expect(next.data.refresh_token).not.toBe(person.refreshToken)
    expect((await me(next.data.access_token)).status).toBe(200)
    expect((await refresh('rubbish')).error?.code).toBe('UNAUTHORIZED')
  })

  test('401 TOKEN_REUSED: a spent token whose successor was used ends the whole session', async () => {
    const person = await newUser()
    const second = await refresh(person.refreshToken)
    const third = await refresh(second.data.refresh_token)
    expect((await refresh(person.refreshToken)).error?.code).toBe('TOKEN_REUSED')
    expect((await refresh(third.data.refresh_token)).status).toBe(401)
    expect((await me(third.data.access_token)).status).toBe(401)
  })

  test('eight parallel refreshes of one token never leave two live families', async () => {
    const person = await newUser()
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(person.refreshToken)))
    const tokens = new Set(
      answers.filter(({ status }) => status === 200).map(({ data }) => data.refresh_token),
    )
    expect(tokens.size).toBeLessThanOrEqual(1)
    const sessions = await call<unknown[]>('GET', '/users/me/sessions', {
      token: (await signIn(person.email, PASSWORD)).token,
    })
    expect(sessions.data).toHaveLength(tokens.size + 1)
  })
})

describe('POST /auth/logout', () => {
  test("200: the session's access and refresh tokens stop working", async () => {
    const person = await newUser()
    const out = await call('POST', '/auth/logout', {
      token: person.token,
      body: { refresh_token: person.refreshToken },
    })
    expect(out.status).toBe(200)
    expect((await me(person.token)).status).toBe(401)
    expect((await refresh(person.refreshToken)).status).toBe(401)
  })

  test('401 without a session, 403 with an API key', async () => {
    const body = { refresh_token: 'x' }
    expect((await call('POST', '/auth/logout', { body })).status).toBe(401)
    const { key } = await newKey(await newUser())
    expect((await call('POST', '/auth/logout', { key, body })).status).toBe(403)
  })
})

describe('password reset and confirmation', () => {
  test('200, always: the answer never tells whether the account exists', async () => {
    const person = await newUser()
    const answers = await Promise.all(
      [person.email, `${unique('nobody')}@example.org`].map((email) =>
        call('POST', '/auth/password-reset', { body: { email } }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(answers[0]?.data).toEqual(answers[1]?.data)
  })

  test('200: the mailed link sets a password once and ends every session', async () => {
    const person = await newUser()
    await call('POST', '/auth/password-reset', { body: { email: person.email } })
    const token = await mailedToken(person.email, 'reset-password')
    const weak = await call('POST', `/auth/password-reset/${token}`, { body: { new_password: 'weak' } })
    expect(weak.status).toBe(400)
    const body = { new_password: 'N3w-horse-battery' }
    expect((await call('POST', `/auth/password-reset/${token}`, { body })).status).toBe(200)
    expect((await me(person.token)).status).toBe(401)
    await signIn(person.email, body.new_password)
    expect((await call('POST', `/auth/password-reset/${token}`, { body })).status).toBe(400)
  })

  test('400: a token that was never mailed confirms nothing', async () => {
    expect((await call('POST', '/auth/confirm-email/rubbish')).status).toBe(400)
  })

  test('405: following a mailed link by GET never spends its token', async () => {
    expect((await call('GET', '/auth/confirm-email/rubbish')).status).toBe(405)
  })
})
