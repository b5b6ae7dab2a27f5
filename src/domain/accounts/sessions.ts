import { v7 as newId } from 'uuid'
import type { Sql } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import { type AuditBy, INSERT_AUDIT, SYSTEM } from '../audit/record'
import type { Principal } from './principal'

/** A session as its user sees it. `current` marks the session of this request. */
export type SessionView = {
  id: string
  createdAt: Date
  lastUsedAt: Date
  expiresAt: Date
  address: string | null
  userAgent: string | null
  current: boolean
}

/** The caller's live sessions, the most recently used first; at most 100. `lastUsedAt` is the last sign-in or refresh. */
export async function listSessions(
  sql: Sql,
  principal: Pick<Principal, 'userId' | 'sessionId'>,
  now: Date | null = null,
): Promise<SessionView[]> {
  const found = await sql.query<SessionView>(
    `select id, created_at as "createdAt", last_used_at as "lastUsedAt", expires_at as "expiresAt", address,
       user_agent as "userAgent", id is not distinct from $2::uuid as current
     from sessions
     where user_id = $1 and revoked_at is null and expires_at > coalesce($3::timestamptz, now())
     order by last_used_at desc, id desc limit 100`,
    [principal.userId, principal.sessionId, now],
  )
  return found.rows
}

/** Ends one of the user's own live sessions, at once on all instances. Throws NOT_FOUND for any other. */
export async function endSession(
  sql: Sql,
  userId: string,
  sessionId: string,
  now: Date | null = null,
  by: AuditBy = SYSTEM,
): Promise<void> {
  const ended = await sql.query(END_SESSION, [userId, sessionId, now, ...endedBy(by, 'Ended')])
  if (ended.rows.length === 0) throw new Problem('NOT_FOUND', 'There is no such session.')
}

const END_SESSION = `
  with ended as (
    update sessions set revoked_at = coalesce($3::timestamptz, now())
    where id = $2 and user_id = $1 and revoked_at is null and expires_at > coalesce($3::timestamptz, now())
    returning id, user_id, revoked_at
  )
  ${recordEndedSessions(4)}`

/** The values that `recordEndedSessions` needs, in their order. */
export function endedBy(by: AuditBy, note: string): unknown[] {
  const { userId, email, via, apiKeyId = null, address, userAgent, requestId = null } = by
  return [newId(), userId, email, via, note, apiKeyId, address, userAgent, requestId]
}

/**
 * The last part of a statement whose `ended` is the session that it ended: records that in the audit log, in the same
 * statement. Its values start at `$place`.
 */
export function recordEndedSessions(place: number): string {
  const at = (offset: number, type = 'text') => `$${place + offset}::${type}`
  return `${INSERT_AUDIT}
  select ${at(0, 'uuid')}, ended.revoked_at, 'session-end', ${at(1, 'uuid')}, ${at(2)}, ${at(3)}, 'users',
    ended.user_id::text, users.email, ${at(4)} || ': session ' || ended.id, null::jsonb, ${at(5)}, ${at(6)},
    left(${at(7)}, 400), ${at(8)}
  from ended join users on users.id = ended.user_id
  returning id`
}

/**
 * Ends all sessions of a user except `exceptSessionId`; access and refresh tokens of an ended session stop working
 * with it. Rows are locked in one order, so that two of these never wait for each other.
 */
export async function endAllSessions(
  sql: Sql,
  userId: string,
  now: Date | null = null,
  exceptSessionId: string | null = null,
): Promise<void> {
  await sql.query(
    `with live as materialized (
       select id from sessions where user_id = $1 and revoked_at is null and id is distinct from $3::uuid
       order by id for no key update
     )
     update sessions set revoked_at = coalesce($2::timestamptz, now()) from live where sessions.id = live.id`,
    [userId, now, exceptSessionId],
  )
}
