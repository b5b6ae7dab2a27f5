import { randomBytes } from 'node:crypto'
import { call } from './client'
import { adminLogin } from './run'

export const PASSWORD = 'Tr1cky-horse!'

export interface Person {
  id: string
  name: string
  email: string
  password: string
  token: string
  refreshToken: string
}

interface Pair {
  access_token: string
  refresh_token: string
  token_type: string
  expires_in: number
}

/** A name that no other test uses. */
export const unique = (prefix: string) => `${prefix}-${randomBytes(6).toString('hex')}`

/** A new account that is signed in. */
export async function newUser(): Promise<Person> {
  const email = `${unique('user')}@example.org`
  const made = await call<{ id: string; name: string }>('POST', '/auth/register', {
    body: { name: 'Test User', email, password: PASSWORD },
  })
  if (made.status !== 201) throw new Error(`register answered ${made.status}: ${made.text}`)
  return { ...made.data, email, password: PASSWORD, ...(await signIn(email, PASSWORD)) }
}

/** A new session of an account. */
export async function signIn(
  email: string,
  password: string,
): Promise<{ token: string; refreshToken: string }> {
  const pair = await call<Pair>('POST', '/auth/login', { body: { email, password } })
  if (pair.status !== 200) throw new Error(`login answered ${pair.status}: ${pair.text}`)
  return { token: pair.data.access_token, refreshToken: pair.data.refresh_token }
}

/** A session of the first admin. */
export function newAdminSession(): Promise<{ token: string; refreshToken: string }> {
  const { email, password } = adminLogin()
  return signIn(email, password)
}

/** A new account on a plan. */
export async function newSubscriber(plan = 'free'): Promise<Person> {
  const person = await newUser()
  const answer = await call('POST', '/subscriptions/subscribe', { token: person.token, body: { plan } })
  if (answer.status !== 200) throw new Error(`subscribe answered ${answer.status}: ${answer.text}`)
  return person
}

/** An API key of this person. */
export async function newKey(person: { token: string }): Promise<{ id: string; key: string }> {
  const made = await call<{ id: string; key: string }>('POST', '/users/me/api-keys', {
    token: person.token,
    body: { name: 'a key' },
  })
  if (made.status !== 201) throw new Error(`a key answered ${made.status}: ${made.text}`)
  return made.data
}
