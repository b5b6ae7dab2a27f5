import { v7 as newId } from 'uuid'
import { passwordForm } from '../../platform/config/password-form'
import { isStorable } from '../../platform/config/password-rules'
import type { Sql } from '../../platform/database/sql'
import { networkOrUnknown } from '../../platform/kernel/networks'
import { Problem } from '../../platform/kernel/problem'
import { INSERT_AUDIT } from '../audit/record'
import { trustedBrowser } from './browser'
import type { AccountsDeps, Origin } from './deps'
import { mailFreshLink } from './fresh-link'
import { tokenHash } from './keys'
import { countSignIn, requireSignInAllowed } from './limits'
import { hashPassword, needsRehash, type PasswordMatch, verifyPassword } from './password'
import { laneOf, refuseSignIn, trusts } from './refuse-sign-in'
import { IS_CLOSED, IS_KNOWN, IS_LOCKED, joinNetwork } from './sign-in-state'
import { type TokenPair, tokenPair } from './token-pair'
import { makeRefreshToken } from './tokens'

const MOST_USER_AGENT_CHARACTERS = 400

/**
 * Signs in by email and password. Throws INVALID_CREDENTIALS, with the same words and in the same time, for an
 * unknown, locked, closed or disabled account and for a wrong password; EMAIL_NOT_CONFIRMED only after a right one;
 * RATE_LIMITED before the password is checked. Each sign-in is a session of its own, so sign-ins at the same time do
 * not affect each other.
 */
export async function login(
  deps: AccountsDeps,
  input: { email: string; password: string },
  origin: Origin,
  now: Date | null = null,
): Promise<TokenPair> {
  const email = storable(input.email.trim().toLowerCase())
  await requireSignInAllowed(deps, origin.address, email)
  const values = [email, now, networkOrUnknown(origin.address)]
  const account = (await deps.pool.query<Account>(FIND_ACCOUNT, values)).rows[0]
  const trust = account ? trustedBrowser(deps.config.secret, origin.browser, account.id) : null
  const isTrusted = await trusts(deps, trust)
  const refuse = () => refuseSignIn(deps, { userId: account?.id ?? null, trust, isTrusted }, origin, now)
  const hash = account?.password_hash ?? null
  const match = await verifyPassword(input.password, hash, deps.config, laneOf(origin, email))
  if (!account || !match || !account.may_enter || (account.closed && !isTrusted)) return refuse()
  if (deps.config.requireEmailConfirmation && !account.confirmed) {
    await countSignIn(deps, origin.address, email)
    await mailFreshLink(deps, { id: account.id, email }, origin, now)
    throw notConfirmed()
  }
  const [opened] = await Promise.all([
    openSession(deps, account, origin, isTrusted, now),
    countSignIn(deps, origin.address, email),
  ])
  if (!opened) return refuse()
  await rehash(deps, account, input.password, match)
  return opened
}

function notConfirmed(): Problem {
  return new Problem('EMAIL_NOT_CONFIRMED', 'Follow the link that was mailed to you, then sign in.')
}

type Account = {
  id: string
  password_hash: string
  may_enter: boolean
  /** The account is closed to this network: only browsers that it trusts may still sign in. */
  closed: boolean
  confirmed: boolean
}

/** Whether an account may sign in, as far as its email confirmation is concerned: SQL over `users` and `credentials`. */
export const IS_CONFIRMED = `(users.email_confirmed_at is not null or not credentials.must_confirm)`

const FIND_ACCOUNT = `
  with moment as (select coalesce($2::timestamptz, now()) as at)
  select users.id, credentials.password_hash, 
    ${IS_CONFIRMED} as confirmed,
    users.disabled is not true and not ${IS_LOCKED} as may_enter, ${IS_CLOSED} and not ${IS_KNOWN} as closed
  from moment, users join credentials on credentials.user_id = users.id ${joinNetwork(3)}
  where users.email = $1`

/** Null if the password was changed or the account was locked while its password was being checked. */
async function openSession(
  deps: AccountsDeps,
  account: Account,
  origin: Origin,
  isTrusted: boolean,
  now: Date | null,
): Promise<TokenPair | null> {
  const refreshToken = makeRefreshToken()
  const sessionId = newId()
  const userAgent = origin.userAgent && storable(origin.userAgent.slice(0, MOST_USER_AGENT_CHARACTERS))
  const opened = await deps.pool.query<{ secondsLeft: number }>(OPEN_SESSION, [
    account.id,
    account.password_hash,
    sessionId,
    tokenHash(refreshToken),
    now,
    Math.min(deps.config.refreshTokenDays, deps.config.sessionMaxDays),
    origin.address,
    userAgent,
    newId(),
    origin.requestId ?? null,
    networkOrUnknown(origin.address),
    isTrusted,
  ])
  const session = opened.rows[0]
  if (!session) return null
  return tokenPair(
    { userId: account.id, sessionId, secondsLeft: session.secondsLeft },
    refreshToken,
    deps.config,
    now,
  )
}

/**
 * The update of the credential locks it against a password change at the same moment, and checks again that the hash
 * is the one that was verified: no session opens with a password that is no longer valid. The row of the network is
 * also locked and checked again, so that a guess in progress opens no session after the account was locked or closed.
 * The user is locked before the credential, as in a deletion, so that the two never wait for each other. A trigger on
 * sessions ends the oldest if there are too many.
 */
const OPEN_SESSION = `
  with moment as materialized (
    select coalesce($5::timestamptz, now()) as at
  ), owner as materialized (
    select id from users where id = $1 and disabled is not true for key share
  ), entered as (
    update credentials set failed_logins = 0, locked_until = null from moment, owner
    where user_id = owner.id and password_hash = $2 and (locked_until is null or locked_until <= moment.at)
    returning user_id, moment.at, ${IS_CLOSED} as closed
  ), remembered as (
    insert into sign_in_networks as network (user_id, network, signed_in_at)
    select user_id, $11::cidr, at from entered
    where not closed or $12::boolean or exists (
      select from sign_in_networks network, moment
      where network.user_id = entered.user_id and network.network = $11::cidr and ${IS_KNOWN})
    on conflict (user_id, network) do update
      set signed_in_at = excluded.signed_in_at, failed_logins = 0, locked_until = null
      where network.locked_until is null or network.locked_until <= excluded.signed_in_at
    returning user_id, signed_in_at as at
  ), opened as (
    insert into sessions (id, user_id, created_at, last_used_at, expires_at, address, user_agent)
    select $3, user_id, at, at, at + make_interval(days => $6), $7, $8 from remembered
    returning id, user_id, created_at, expires_at
  ), audited as (
    ${INSERT_AUDIT}
    select $9, opened.created_at, 'sign-in', users.id, users.email, 'password', 'users', users.id::text, users.email,
      'Session ' || opened.id, null::jsonb, null, $7, $8, $10
    from opened join users on users.id = opened.user_id
  )
  insert into refresh_tokens (hash, session_id, created_at, expires_at)
  select $4, id, created_at, expires_at from opened
  returning extract(epoch from expires_at - created_at)::float8 as "secondsLeft"`

/**
 * Creates a new hash if the configured cost has changed, or if the old hash was made from the text as it was sent. If
 * the hash changed meanwhile, that one stays. A password whose current form is too long for bcrypt keeps its hash.
 */
async function rehash(
  deps: AccountsDeps,
  account: Account,
  password: string,
  match: PasswordMatch,
): Promise<void> {
  if (match === 'in form' && !needsRehash(account.password_hash, deps.config)) return
  if (!isStorable(passwordForm(password))) return
  const fresh = await hashPassword(password, deps.config).catch(unlessBusy)
  if (fresh !== null) await replaceHash(deps.pool, account, fresh)
}

function replaceHash(sql: Sql, account: Account, fresh: string) {
  const values = [account.id, account.password_hash, fresh]
  return sql.query(
    'update credentials set password_hash = $3 where user_id = $1 and password_hash = $2',
    values,
  )
}

/** A full queue is no reason to fail a sign-in: the next sign-in can create the hash. */
function unlessBusy(error: unknown): null {
  if (error instanceof Problem && error.code === 'RATE_LIMITED') return null
  throw error
}

/** PostgreSQL cannot store NUL in text, and no stored text of ours contains it. */
function storable(text: string): string {
  return text.replaceAll('\0', '�')
}
