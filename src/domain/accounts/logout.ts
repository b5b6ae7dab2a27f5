import { type AuditBy, SYSTEM } from '../audit/record'
import type { AccountsDeps } from './deps'
import { tokenHash } from './keys'
import type { Principal } from './principal'
import { endedBy, recordEndedSessions } from './sessions'
import { isRefreshToken } from './tokens'

/**
 * Ends the session of the refresh token, if it is one of the caller's, and otherwise the calling session: a user who
 * asks to be signed out must not stay signed in because of a stale token. Both tokens of the session stop working at
 * once. Ending it twice is no error.
 */
export async function logout(
  deps: Pick<AccountsDeps, 'pool'>,
  principal: Pick<Principal, 'userId' | 'sessionId'>,
  refreshToken: string | null,
  now: Date | null = null,
  by: AuditBy = SYSTEM,
): Promise<void> {
  const hash = refreshToken !== null && isRefreshToken(refreshToken) ? tokenHash(refreshToken) : null
  const values = [principal.userId, hash, principal.sessionId, now, ...endedBy(by, 'Signed out')]
  await deps.pool.query(END_SESSION, values)
}

const END_SESSION = `
  with ended as (
    update sessions set revoked_at = coalesce($4::timestamptz, now())
    where user_id = $1 and revoked_at is null and id = coalesce(
      (select sessions.id from refresh_tokens join sessions on sessions.id = refresh_tokens.session_id
       where refresh_tokens.hash = $2 and sessions.user_id = $1),
      $3::uuid)
    returning id, user_id, revoked_at
  )
  ${recordEndedSessions(5)}`
