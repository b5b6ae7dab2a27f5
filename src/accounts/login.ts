import { v7 as newId } from 'uuid'
import { INSERT_AUDIT } from '../audit/record'
import type { Sql } from '../database/sql'
import { Problem } from '../problem'
import { countFailedLogin } from './failed-logins'
import { mailFreshLink } from './fresh-link'
import { tokenHash } from './keys'
import { countFailedSignIn, requireSignInAllowed } from './limits'
import { hashPassword, needsRehash, verifyPassword } from './password'
import type { AccountsRoom, Origin } from './room'
import { type TokenPair, tokenPair } from './token-pair'
import { makeRefreshToken } from './tokens'

const MOST_USER_AGENT_CHARACTERS = 400

/**
 * Signs in by email and password. Throws INVALID_CREDENTIALS, in the same words and the same time, for an
 * unknown, locked or disabled account and for a wrong password; EMAIL_NOT_CONFIRMED after a right one only;
 * RATE_LIMITED. Each sign-in is a session of its own, so any number at once lose nothing.
 */
export async function login(
  room: AccountsRoom,
  input: { email: string; password: string },
  origin: Origin,
  now: Date | null = null,
): Promise<TokenPair> {
  const email = storable(input.email.trim().toLowerCase())
  await requireSignInAllowed(room, origin.address, email)
  const account = (await room.pool.query<Account>(FIND_ACCOUNT, [email, now])).rows[0]
  const matches = await verifyPassword(input.password, account?.password_hash ?? null, room.config)
  const mayEnter = account && matches && account.may_enter
  if (!mayEnter) return refuse(room, account?.id ?? null, email, origin, now)
  if (room.config.requireEmailConfirmation && !account.confirmed) {
    await mailFreshLink(room, { id: account.id, email }, origin, now)
    throw notConfirmed()
  }
  const opened = await openSession(room, account, origin, now)
  if (!opened) return refuse(room, account.id, email, origin, now)
  await rehash(room, account, input.password)
  return opened
}

/** Counts the failure, by account and by address, and answers what every failed sign-in is answered. */
async function refuse(
  room: AccountsRoom,
  userId: string | null,
  email: string,
  origin: Origin,
  now: Date | null,
): Promise<never> {
  await Promise.all([
    countFailedLogin(room.pool, userId, origin, now),
    countFailedSignIn(room, origin.address, email),
  ])
  throw invalidCredentials()
}

/** The one answer to a failed sign-in. */
export function invalidCredentials(): Problem {
  return new Problem('INVALID_CREDENTIALS', 'The email address or the password is wrong.')
}

function notConfirmed(): Problem {
  return new Problem('EMAIL_NOT_CONFIRMED', 'Follow the link that was mailed to you, then sign in.')
}

type Account = { id: string; password_hash: string; may_enter: boolean; confirmed: boolean }

const FIND_ACCOUNT = `
  select users.id, credentials.password_hash, 
    users.email_confirmed_at is not null or not credentials.must_confirm as confirmed,
    users.disabled is not true
      and coalesce(credentials.locked_until <= coalesce($2::timestamptz, now()), true) as may_enter
  from users join credentials on credentials.user_id = users.id
  where users.email = $1`

/** Null when the password was changed or the account was locked while its password was being checked. */
async function openSession(
  room: AccountsRoom,
  account: Account,
  origin: Origin,
  now: Date | null,
): Promise<TokenPair | null> {
  const refreshToken = makeRefreshToken()
  const sessionId = newId()
  const userAgent = origin.userAgent && storable(origin.userAgent.slice(0, MOST_USER_AGENT_CHARACTERS))
  const opened = await room.pool.query(OPEN_SESSION, [
    account.id,
    account.password_hash,
    sessionId,
    tokenHash(refreshToken),
    now,
    room.config.refreshTokenDays,
    origin.address,
    userAgent,
    newId(),
    origin.requestId ?? null,
  ])
  if (opened.rows.length === 0) return null
  return tokenPair({ userId: account.id, sessionId }, refreshToken, room.config, now)
}

/**
 * The update of the credential locks it against a password change at the same moment, and looks again whether
 * the hash is the one that was checked: no session opens with a password that is no longer valid. The user
 * comes before the credential, as in a deletion, so that the two never wait for each other.
 */
const OPEN_SESSION = `
  with moment as materialized (
    select coalesce($5::timestamptz, now()) as at
  ), owner as materialized (
    select id from users where id = $1 and disabled is not true for key share
  ), entered as (
    update credentials set failed_logins = 0, locked_until = null from moment, owner
    where user_id = owner.id and password_hash = $2 and (locked_until is null or locked_until <= moment.at)
    returning user_id, moment.at
  ), opened as (
    insert into sessions (id, user_id, created_at, last_used_at, expires_at, address, user_agent)
    select $3, user_id, at, at, at + make_interval(days => $6), $7, $8 from entered
    returning id, user_id, created_at, expires_at
  ), audited as (
    ${INSERT_AUDIT}
    select $9, opened.created_at, 'sign-in', users.id, users.email, 'password', 'users', users.id::text, users.email,
      'Session ' || opened.id, null::jsonb, null, $7, $8, $10
    from opened join users on users.id = opened.user_id
  )
  insert into refresh_tokens (hash, session_id, created_at, expires_at)
  select $4, id, created_at, expires_at from opened
  returning session_id`

/** Makes the hash anew where the configured cost has changed; if the hash changed meanwhile, it stays. */
async function rehash(room: AccountsRoom, account: Account, password: string): Promise<void> {
  if (!needsRehash(account.password_hash, room.config)) return
  const fresh = await hashPassword(password, room.config).catch(unlessBusy)
  if (fresh !== null) await replaceHash(room.pool, account, fresh)
}

function replaceHash(sql: Sql, account: Account, fresh: string) {
  const values = [account.id, account.password_hash, fresh]
  return sql.query(
    'update credentials set password_hash = $3 where user_id = $1 and password_hash = $2',
    values,
  )
}

/** A full queue is no reason to fail a sign-in: the next one can make the hash. */
function unlessBusy(error: unknown): null {
  if (error instanceof Problem && error.code === 'RATE_LIMITED') return null
  throw error
}

/** PostgreSQL keeps no NUL in text, and nothing of ours has one. */
function storable(text: string): string {
  return text.replaceAll('\0', '�')
}
