import { createHmac, randomBytes } from 'node:crypto'
import pg from 'pg'
import { v7 as newId } from 'uuid'
import { derivedKey, tokenHash } from '../../src/domain/accounts/keys'
import { call, someAddress } from './client'
import { TEST_SECRET } from './hub'
import { adminLogin, hubDatabaseUrl } from './run'

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

/** bcrypt of PASSWORD. Hashing it for each person would take a fifth of a second. */
const PASSWORD_HASH = '$2y$10$4Q5IRAGNOf4SvUv2eIJBHeb9Ft1cgwM4yR3stOhJdfJbYolGsQsGO'
const SESSION_DAYS = 7
const ACCESS_SECONDS = 1_800

let shared: pg.Pool | undefined

/** Of the worker; the end of the run ends its connections. */
function pool(): pg.Pool {
  shared ??= new pg.Pool({ connectionString: hubDatabaseUrl(), max: 2, allowExitOnIdle: true }).on(
    'error',
    () => undefined,
  )
  return shared
}

/**
 * A new account that is signed in, by one statement; `tests/accounts/made-people.test.ts` holds it against registration and
 * sign-in. It leaves neither mail nor audit entries: a test about those registers (`newlyRegistered`).
 */
export async function newUser(): Promise<Person> {
  const [id, sessionId, name] = [newId(), newId(), 'Test User']
  const email = `${unique('user')}@example.org`
  const refreshToken = `jhr_${randomBytes(32).toString('base64url')}`
  const address = someAddress()
  await pool().query(NEW_USER, [id, name, email, PASSWORD_HASH, sessionId, address, tokenHash(refreshToken)])
  return { id, name, email, password: PASSWORD, token: accessToken(id, sessionId), refreshToken }
}

const NEW_USER = `
  with person as (
    insert into users (id, name, email, role, disabled, created_at, updated_at)
    values ($1, $2, $3, 'user', false, now(), now()) returning id
  ), credential as (
    insert into credentials (user_id, password_hash, must_confirm) select id, $4, false from person
  ), network as (
    insert into sign_in_networks (user_id, network, signed_in_at) select id, $6::text::cidr, now() from person
  ), session as (
    insert into sessions (id, user_id, expires_at, address, user_agent)
    select $5, id, now() + interval '${SESSION_DAYS} days', $6, 'node' from person returning id, expires_at
  )
  insert into refresh_tokens (hash, session_id, expires_at) select $7, id, expires_at from session`

/** As the hub signs one (HS256, its derived key). */
function accessToken(userId: string, sessionId: string): string {
  const text = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const iat = Math.floor(Date.now() / 1_000)
  const claims = { sid: sessionId, sub: userId, iat, exp: iat + ACCESS_SECONDS }
  const signed = `${text({ alg: 'HS256', typ: 'JWT' })}.${text(claims)}`
  const key = derivedKey(TEST_SECRET, 'access-token')
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
}

/** The same through registration and sign-in. */
export async function newlyRegistered(): Promise<Person> {
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
