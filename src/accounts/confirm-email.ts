import { inTransaction, type Sql } from '../database/sql'
import { deadLink, spendEmailToken } from './email-tokens'
import type { AccountsRoom } from './room'

/** Confirms the address to which this token was mailed. Throws VALIDATION_ERROR for a dead link. */
export async function confirmEmail(
  room: AccountsRoom,
  token: string,
  now: Date | null = null,
): Promise<void> {
  await inTransaction(room.pool, async (sql) => {
    const userId = await spendEmailToken(sql, token, 'confirm_email', now)
    if (userId === null) throw deadLink()
    await markEmailConfirmed(sql, userId, now)
  })
}

/** Notes that the user reads this mailbox, unless that is known already. */
export async function markEmailConfirmed(sql: Sql, userId: string, now: Date | null): Promise<void> {
  await sql.query(
    `update users set email_confirmed_at = coalesce($2::timestamptz, now())
     where id = $1 and email_confirmed_at is null`,
    [userId, now],
  )
}
