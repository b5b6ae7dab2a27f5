import type { Pool } from 'pg'
import { inTransaction, type Sql } from '../../platform/database/sql'
import { type AuditBy, recordAudit, SYSTEM } from '../audit/record'

/** Lifts the locks that wrong passwords put on an account. Does nothing for an email without an account. */
export async function unlockAccount(pool: Pool, email: string, by: AuditBy = SYSTEM): Promise<void> {
  await inTransaction(pool, (sql) => unlockWithin(sql, email, by))
}

/** Like `unlockAccount`, as a part of a transaction. */
export async function unlockWithin(sql: Sql, email: string, by: AuditBy): Promise<void> {
  const found = await sql.query<{ id: string; email: string }>(
    'select users.id, users.email from users join credentials on user_id = users.id where users.email = $1',
    [email.trim().toLowerCase()],
  )
  const user = found.rows[0]
  if (!user) return
  await liftLocks(sql, user.id)
  await recordAudit(sql, by, [{ action: 'unlock', subject: 'users', subjectId: user.id, title: user.email }])
}

/** Deletes the count of failed sign-ins of an account, in total and per network; the networks stay known. */
export async function liftLocks(sql: Sql, userId: string): Promise<void> {
  await sql.query(
    `update credentials set failed_logins = 0, locked_until = null, failures_in_day = 0, failures_since = null
     where user_id = $1`,
    [userId],
  )
  await sql.query(
    `update sign_in_networks set failed_logins = 0, locked_until = null
     where user_id = $1 and (failed_logins > 0 or locked_until is not null)`,
    [userId],
  )
}
