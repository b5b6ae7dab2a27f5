import type { Sql } from '../../platform/database/sql'
import { HIDDEN } from '../audit/difference'
import { type AuditBy, recordAudit } from '../audit/record'
import { liftLocks } from './unlock'

/**
 * Stores a user's new password and lifts every lock. The caller must also end the sessions (`endAllSessions`), in a
 * statement after this one: a sign-in in progress with the old password then either sees the new hash and fails, or
 * has completed and its session is ended too.
 */
export async function setPasswordHash(
  sql: Sql,
  userId: string,
  passwordHash: string,
  now: Date | null = null,
): Promise<void> {
  await sql.query(SET_PASSWORD, [userId, passwordHash, now])
  await liftLocks(sql, userId)
  await sql.query(`delete from email_tokens where user_id = $1 and purpose = 'password_reset'`, [userId])
}

/** Records a new password in the audit log, in the transaction that stores it, without the password or its hash. */
export async function recordNewPassword(
  sql: Sql,
  by: AuditBy,
  user: { userId: string; email: string },
  now: Date | null,
): Promise<void> {
  const changes = { password: { from: HIDDEN, to: HIDDEN } }
  const about = { subject: 'users', subjectId: user.userId, title: user.email }
  await recordAudit(sql, by, [{ action: 'update', ...about, changes }], now)
}

const SET_PASSWORD = `
  insert into credentials (user_id, password_hash, changed_at) values ($1, $2, coalesce($3::timestamptz, now()))
  on conflict (user_id) do update
    set password_hash = excluded.password_hash, changed_at = excluded.changed_at`
