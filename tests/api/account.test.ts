import { describe, expect, test } from '@jest/globals'
import { call } from '../support/client'
import { newKey, newUser, PASSWORD, signIn } from '../support/people'

const ABSENT = '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01'

interface Session {
  id: string
  current: boolean
}

describe('/users/me', () => {
  test('GET 200: the profile, with a token or a key; 401 without', async () => {
    const person = await newUser()
    const { key } = await newKey(person)
    const profile = { id: person.id, name: 'Test User', email: person.email, role: 'user' }
    expect((await call('GET', '/users/me', { token: person.token })).data).toMatchObject(profile)
    expect((await call('GET', '/users/me', { key })).data).toMatchObject(profile)
    expect((await call('GET', '/users/me', { token: key })).data).toMatchObject(profile)
    expect((await call('GET', '/users/me')).status).toBe(401)
  })

  test('401: cookies never sign in to this API', async () => {
    const { token } = await newUser()
    const headers = { cookie: `payload-token=${token}` }
    expect((await call('GET', '/users/me', { headers })).status).toBe(401)
  })

  test('PATCH 200: the name, trimmed; nothing else can be changed', async () => {
    const { token } = await newUser()
    const changed = await call('PATCH', '/users/me', { token, body: { name: '  Grace Hopper ' } })
    expect([changed.status, changed.data.name]).toEqual([200, 'Grace Hopper'])
    expect((await call('GET', '/users/me', { token })).data.name).toBe('Grace Hopper')
    for (const field of ['role', 'email', 'password', 'disabled']) {
      const refused = await call('PATCH', '/users/me', { token, body: { name: 'x', [field]: 'admin' } })
      expect([refused.status, refused.error?.details[0]?.field]).toEqual([400, field])
    }
  })

  test('PATCH 403: an API key may not change the account', async () => {
    const { key } = await newKey(await newUser())
    expect((await call('PATCH', '/users/me', { key, body: { name: 'x' } })).error?.code).toBe('FORBIDDEN')
  })
})

describe('POST /users/me/password', () => {
  const change = (token: string, current: string, next: string) =>
    call('POST', '/users/me/password', { token, body: { current_password: current, new_password: next } })

  test('200: all other sessions end, this one stays', async () => {
    const person = await newUser()
    const other = await signIn(person.email, PASSWORD)
    expect((await change(person.token, PASSWORD, 'N3w-horse-battery')).status).toBe(200)
    expect((await call('GET', '/users/me', { token: person.token })).status).toBe(200)
    expect((await call('GET', '/users/me', { token: other.token })).status).toBe(401)
    await signIn(person.email, 'N3w-horse-battery')
  })

  test('401 for a wrong current password, 400 for a weak new one, 403 for a key', async () => {
    const person = await newUser()
    expect((await change(person.token, 'Wr0ng-horse!', 'N3w-horse!')).error?.code).toBe('INVALID_CREDENTIALS')
    expect((await change(person.token, PASSWORD, 'weak')).status).toBe(400)
    const { key } = await newKey(person)
    const body = { current_password: PASSWORD, new_password: 'N3w-horse!' }
    expect((await call('POST', '/users/me/password', { key, body })).status).toBe(403)
  })
})

describe('/users/me/sessions', () => {
  test('200: lists them and says which is this one; ending one stops its tokens at once', async () => {
    const person = await newUser()
    const other = await signIn(person.email, PASSWORD)
    const listed = await call<Session[]>('GET', '/users/me/sessions', { token: person.token })
    expect(listed.data).toHaveLength(2)
    const theirs = listed.data.find(({ current }) => !current) as Session
    const ended = await call('DELETE', `/users/me/sessions/${theirs.id}`, { token: person.token })
    expect(ended.status).toBe(200)
    expect((await call('GET', '/users/me', { token: other.token })).status).toBe(401)
    expect((await call('GET', '/users/me', { token: person.token })).status).toBe(200)
  })

  test("404 for another user's session, 400 for what is no id, 403 for a key", async () => {
    const [person, other] = await Promise.all([newUser(), newUser()])
    const theirs = await call<Session[]>('GET', '/users/me/sessions', { token: other.token })
    const end = (id: string | undefined) =>
      call('DELETE', `/users/me/sessions/${id}`, { token: person.token })
    expect((await end(theirs.data[0]?.id)).status).toBe(404)
    expect((await end(ABSENT)).status).toBe(404)
    expect((await end('rubbish')).error?.details[0]?.field).toBe('session_id')
    const { key } = await newKey(person)
    expect((await call('GET', '/users/me/sessions', { key })).status).toBe(403)
  })
})

describe('/users/me/api-keys', () => {
  test('201: the key is shown once; 200: the list has its prefix and never the key', async () => {
    const { token } = await newUser()
    const body = { name: ' laptop ', expires_at: '2099-01-01T00:00:00Z' }
    const made = await call<{ id: string; key: string; name: string }>('POST', '/users/me/api-keys', {
      token,
      body,
    })
    expect([made.status, made.data.name]).toEqual([201, 'laptop'])
    expect(made.data.key).toMatch(/^jhub_[0-9A-Za-z]{30,}$/)
    const listed = await call<{ key_prefix: string }[]>('GET', '/users/me/api-keys', { token })
    expect(listed.data).toHaveLength(1)
    expect(made.data.key.startsWith(listed.data[0]?.key_prefix ?? 'x')).toBe(true)
    expect(listed.text).not.toContain(made.data.key)
  })

  test('400: an expiry in the past, an empty name', async () => {
    const { token } = await newUser()
    const make = (body: object) => call('POST', '/users/me/api-keys', { token, body })
    expect((await make({ name: 'x', expires_at: '2001-01-01T00:00:00Z' })).error?.details[0]?.field).toBe(
      'expires_at',
    )
    expect((await make({ name: '  ' })).error?.details[0]?.field).toBe('name')
  })

  test('200: a revoked key stops working at once', async () => {
    const person = await newUser()
    const { id, key } = await newKey(person)
    expect((await call('GET', '/users/me', { key })).status).toBe(200)
    const revoked = await call('DELETE', `/users/me/api-keys/${id}`, { token: person.token })
    expect([revoked.status, revoked.data.active]).toEqual([200, false])
    expect((await call('GET', '/users/me', { key })).status).toBe(401)
  })

  test("404: another user's key, and one that never was", async () => {
    const [person, other] = await Promise.all([newUser(), newUser()])
    const { id } = await newKey(other)
    for (const absent of [id, ABSENT]) {
      const answer = await call('DELETE', `/users/me/api-keys/${absent}`, { token: person.token })
      expect(answer.status).toBe(404)
    }
  })

  test('403: a key may not list, make or revoke keys', async () => {
    const { key, id } = await newKey(await newUser())
    expect((await call('GET', '/users/me/api-keys', { key })).status).toBe(403)
    expect((await call('POST', '/users/me/api-keys', { key, body: { name: 'x' } })).status).toBe(403)
    expect((await call('DELETE', `/users/me/api-keys/${id}`, { key })).status).toBe(403)
  })

  test('401: malformed and unknown keys', async () => {
    const { key } = await newKey(await newUser())
    const changed = `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`
    for (const wrong of ['jhub_', changed, 'rubbish', `${key}x`]) {
      expect((await call('GET', '/users/me', { key: wrong })).status).toBe(401)
    }
  })
})
