import { revokeWithin } from '../../domain/accounts/api-keys'
import { mailPasswordLink } from '../../domain/accounts/reset-password'
import { endAllSessions, endSession } from '../../domain/accounts/sessions'
import { unlockWithin } from '../../domain/accounts/unlock'
import type { AuditAction, AuditEvent } from '../../domain/audit/record'
import type { Sql } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import { inFull, inUtc } from '../parts/numbers'
import type { Decision, UserContext } from './decision'

export async function revokeKey(sql: Sql, { user, now, by }: UserContext, keyId: string): Promise<Decision> {
  const { rows } = await sql.query<{ name: string; active: boolean }>(
    'select name, coalesce(active, false) as active from api_keys where id = $1 and user_id = $2',
    [keyId, user.id],
  )
  const key = rows[0]
  if (!key) throw new Problem('NOT_FOUND', 'There is no such API key.')
  if (!key.active) throw new Problem('CONFLICT', 'This key is revoked already.')
  return {
    effects: [{ what: `API key “${key.name}”`, before: 'works', after: 'revoked at once, for good' }],
    execute: (tx) => revokeWithin(tx, user.id, keyId, now, by),
  }
}

export async function endOne(sql: Sql, { user, now, by }: UserContext, sessionId: string): Promise<Decision> {
  const live = await liveSessions(sql, user.id, sessionId)
  if (live === 0) throw new Problem('NOT_FOUND', 'There is no such session.')
  return {
    effects: [{ what: 'This session', before: 'signed in', after: 'ended at once' }],
    execute: (tx) => endSession(tx, user.id, sessionId, now, by),
  }
}

export async function endSessions(sql: Sql, { user, now }: UserContext): Promise<Decision> {
  const live = await liveSessions(sql, user.id, null)
  if (live === 0) throw new Problem('CONFLICT', 'This user has no session.')
  return {
    effects: [
      { what: 'Sessions', before: inFull(live), after: '0: they have to sign in again everywhere' },
      { what: 'API keys', before: 'as they are', after: 'as they are' },
    ],
    execute: (tx) => endAllSessions(tx, user.id, now),
    record: onUser('session-end', user, 'All of them'),
  }
}

async function liveSessions(sql: Sql, userId: string, sessionId: string | null): Promise<number> {
  const { rows } = await sql.query<{ live: number }>(
    `select count(*)::int as live from sessions where user_id = $1 and ($2::uuid is null or id = $2)
       and revoked_at is null and expires_at > now()`,
    [userId, sessionId],
  )
  return rows[0]?.live ?? 0
}

export function unlock({ user, lockedUntil, by }: UserContext): Decision {
  return {
    effects: [
      {
        what: 'Signing in by password',
        before: lockedUntil ? `locked until ${inUtc(lockedUntil)}` : 'not locked',
        after: 'possible; failed attempts count from 0',
      },
    ],
    execute: (sql) => unlockWithin(sql, user.email, by),
  }
}

export function resetLink({ user, config, now }: UserContext): Decision {
  if (user.disabled)
    throw new Problem('CONFLICT', 'This account is disabled: a new password would not let them in.')
  return {
    effects: [
      { what: 'Mail', before: 'none', after: `a link for a new password, to ${user.email}` },
      { what: 'Password and sessions', before: 'as they are', after: 'as they are, until the link is used' },
    ],
    execute: (sql) => mailPasswordLink(sql, config, user.email, now),
    record: onUser('update', user, 'Mailed a link for a new password'),
  }
}

const onUser = (action: AuditAction, user: UserContext['user'], note: string): AuditEvent => ({
  action,
  subject: 'users',
  subjectId: user.id,
  title: user.email,
  note,
})
