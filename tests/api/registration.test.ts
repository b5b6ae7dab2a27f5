import { describe, expect, test } from '@jest/globals'
import { call } from '../support/client'
import { newUser, PASSWORD, signIn, unique } from '../support/people'

describe('POST /auth/register', () => {
  const fresh = () => ({ name: '  Ada Lovelace ', email: `${unique('Ada')}@Example.ORG`, password: PASSWORD })

  test('201: answers the profile, name trimmed and email in lower case', async () => {
    const body = fresh()
    const made = await call('POST', '/auth/register', { body })
    expect(made.status).toBe(201)
    expect(made.data).toMatchObject({ name: 'Ada Lovelace', email: body.email.toLowerCase(), role: 'user' })
    expect(made.headers.get('cache-control')).toBe('no-store')
  })

  test('400: every rule of the password that fails is named', async () => {
    const answer = await call('POST', '/auth/register', { body: { ...fresh(), password: 'abc' } })
    expect(answer.status).toBe(400)
    const said = (answer.error?.details ?? []).map(({ message }) => message).join('\n')
    for (const rule of [/8 characters/, /upper/i, /digit/, /special/]) expect(said).toMatch(rule)
  })

  test('400: every wrong field is named, not only the first', async () => {
    const answer = await call('POST', '/auth/register', { body: { name: ' ', email: 'no', password: 'abc' } })
    expect(answer.status).toBe(400)
    const fields = new Set((answer.error?.details ?? []).map(({ field }) => field))
    expect(fields).toEqual(new Set(['name', 'email', 'password']))
  })

  test('409: a taken email, whatever its case; the first account still works', async () => {
    const person = await newUser()
    const again = { name: 'Other', email: person.email.toUpperCase(), password: 'An0ther-horse!' }
    const answer = await call('POST', '/auth/register', { body: again })
    expect([answer.status, answer.error?.code]).toEqual([409, 'EMAIL_TAKEN'])
    await signIn(person.email, PASSWORD)
  })
})

test('registering one address eight times at once: one account, seven refusals', async () => {
  const body = { name: 'Race', email: `${unique('race')}@example.org`, password: PASSWORD }
  const answers = await Promise.all(Array.from({ length: 8 }, () => call('POST', '/auth/register', { body })))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409])
})
