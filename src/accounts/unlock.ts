import type { Sql } from '../database/sql'

/** Lifts the lock that wrong passwords put on an account. Nothing happens for an email that has none. */
export async function unlockAccount(sql: Sql, email: string): Promise<void> {
  await sql.query(
    `update credentials set failed_logins = 0, locked_until = null
     from users where users.id = credentials.user_id and users.email = $1`,
    [email.trim().toLowerCase()],
  )
}
