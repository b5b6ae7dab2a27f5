import type { Pool } from 'pg'
import { type AuditBy, recordAudit, SYSTEM } from '../audit/record'
import { inTransaction, type Sql } from '../database/sql'

/** Lifts the lock that wrong passwords put on an account. Nothing happens for an email that has none. */
export async function unlockAccount(pool: Pool, email: string, by: AuditBy = SYSTEM): Promise<void> {
  await inTransaction(pool, (sql) => unlockWithin(sql, email, by))
}

/** The same as a part of a transaction. */
export async function unlockWithin(sql: Sql, email: string, by: AuditBy): Promise<void> {
  const unlocked = await sql.query<{ id: string; email: string }>(
    `update credentials set failed_logins = 0, locked_until = null
       from users where users.id = credentials.user_id and users.email = $1
       returning users.id, users.email`,
    [email.trim().toLowerCase()],
  )
  const user = unlocked.rows[0]
  if (!user) return
  await recordAudit(sql, by, [{ action: 'unlock', subject: 'users', subjectId: user.id, title: user.email }])
}
