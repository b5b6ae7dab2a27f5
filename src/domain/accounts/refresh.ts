import { inTransaction, type Sql } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import { type AuditOrigin, byNobody, NOWHERE } from '../audit/record'
import type { AccountsDeps } from './deps'
import { tokenHash } from './keys'
import { endedBy, recordEndedSessions } from './sessions'
import { type TokenPair, tokenPair } from './token-pair'
import { isRefreshToken, successorOf } from './tokens'

/** How long a used token may come back: a client that got no response tries again. Source: issue of accounts. */
export const RETRY_SECONDS = 10

/**
 * Exchanges a refresh token for the next pair. It works once; within ten seconds, while the new refresh token is
 * unused, a second request returns the same new one. Any later use means that the token was stolen by one side or the
 * other: the session ends and TOKEN_REUSED is thrown. Throws UNAUTHORIZED for an unknown or expired token or an ended
 * session, and once the session has lasted SESSION_MAX_DAYS. The session's row is locked first, and the next token is
 * computed from this one, so that any number of refreshes at once lead to one next token.
 */
export async function refresh(
  deps: AccountsDeps,
  refreshToken: string,
  now: Date | null = null,
  origin: AuditOrigin = NOWHERE,
): Promise<TokenPair> {
  if (!isRefreshToken(refreshToken)) throw sessionOver()
  const next = successorOf(refreshToken, deps.config.secret)
  // The outcome leaves the transaction as a value: an error would roll back the end of a stolen session.
  const outcome = await inTransaction(deps.pool, (sql) => rotate(sql, refreshToken, next, deps, now, origin))
  if (outcome === 'reused') throw new Problem('TOKEN_REUSED', 'This token was used before. Sign in again.')
  if (outcome === 'over') throw sessionOver()
  return tokenPair(outcome, next, deps.config, now)
}

type Live = { userId: string; sessionId: string; secondsLeft: number }

async function rotate(
  sql: Sql,
  refreshToken: string,
  next: string,
  deps: AccountsDeps,
  now: Date | null,
  origin: AuditOrigin,
): Promise<Live | 'over' | 'reused'> {
  await sql.query(LOCK_SESSION, [tokenHash(refreshToken)])
  const token = (await sql.query<Token>(READ_TOKEN, [tokenHash(refreshToken), now, RETRY_SECONDS])).rows[0]
  if (!token || token.expired) return 'over'
  if (token.spent && !(token.spent_just_now && (await isUnspent(sql, next)))) {
    await sql.query(END_SESSION, [
      token.session_id,
      now,
      ...endedBy(byNobody(origin), 'A spent token came back'),
    ])
    return 'reused'
  }
  const { refreshTokenDays, sessionMaxDays } = deps.config
  const values = [token.session_id, now, refreshTokenDays, sessionMaxDays]
  const live = (await sql.query<Live>(PROLONG_SESSION, values)).rows[0]
  if (!live || live.secondsLeft <= 0) return 'over'
  if (!token.spent) await sql.query(SPEND_TOKEN, [tokenHash(refreshToken), tokenHash(next), now])
  return live
}

async function isUnspent(sql: Sql, token: string): Promise<boolean> {
  const found = await sql.query('select from refresh_tokens where hash = $1 and spent_at is null', [
    tokenHash(token),
  ])
  return found.rows.length > 0
}

type Token = { session_id: string; expired: boolean; spent: boolean; spent_just_now: boolean }

/** A separate statement: the next one must see what the previous refresh wrote. */
const LOCK_SESSION = `
  select from sessions where id = (select session_id from refresh_tokens where hash = $1) for no key update`

const READ_TOKEN = `
  select session_id, expires_at <= at as expired, spent_at is not null as spent,
    spent_at > at - make_interval(secs => $3) as spent_just_now
  from refresh_tokens, (select coalesce($2::timestamptz, now()) as at) moment
  where hash = $1`

/** If a session was opened under a longer limit than today's, this shortens it, and also its access tokens. */
const PROLONG_SESSION = `
  update sessions set last_used_at = moment.at,
    expires_at = least(moment.at + make_interval(days => $3), sessions.created_at + make_interval(days => $4))
  from (select coalesce($2::timestamptz, now()) as at) moment, users
  where sessions.id = $1 and revoked_at is null and sessions.expires_at > moment.at
    and users.id = sessions.user_id and users.disabled is not true
  returning sessions.user_id as "userId", sessions.id as "sessionId",
    extract(epoch from sessions.expires_at - moment.at)::float8 as "secondsLeft"`

const SPEND_TOKEN = `
  with moment as (
    select coalesce($3::timestamptz, now()) as at
  ), spent as (
    update refresh_tokens set spent_at = moment.at from moment where hash = $1 returning session_id
  )
  insert into refresh_tokens (hash, session_id, created_at, expires_at)
  select $2, session_id, moment.at, sessions.expires_at
  from spent join sessions on sessions.id = spent.session_id, moment`

const END_SESSION = `
  with ended as (
    update sessions set revoked_at = coalesce($2::timestamptz, now()) where id = $1 and revoked_at is null
    returning id, user_id, revoked_at
  )
  ${recordEndedSessions(3)}`

function sessionOver(): Problem {
  return new Problem('UNAUTHORIZED', 'The session has ended. Sign in again.')
}
