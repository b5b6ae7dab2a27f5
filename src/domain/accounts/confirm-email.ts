import { inTransaction, type Sql } from '../../platform/database/sql'
import { type AuditBy, NOWHERE, recordAudit } from '../audit/record'
import type { AccountsDeps, Origin } from './deps'
import { deadLink, spendEmailToken } from './email-tokens'

/** Confirms the address to which this token was mailed. Throws VALIDATION_ERROR for an invalid link. */
export async function confirmEmail(
  deps: AccountsDeps,
  token: string,
  now: Date | null = null,
  origin: Origin = NOWHERE,
): Promise<void> {
  await inTransaction(deps.pool, async (sql) => {
    const userId = await spendEmailToken(sql, token, 'confirm_email', now)
    if (userId === null) throw deadLink()
    const found = await sql.query<{ email: string }>('select email from users where id = $1', [userId])
    const user = { userId, email: found.rows[0]?.email ?? '' }
    await markEmailConfirmed(sql, { ...origin, ...user, via: 'link' }, user, now)
  })
}

/** Stores and records that the user can read this mailbox, unless that is already known. */
export async function markEmailConfirmed(
  sql: Sql,
  by: AuditBy,
  { userId, email }: { userId: string; email: string },
  now: Date | null,
): Promise<void> {
  const marked = await sql.query<{ at: Date }>(
    `update users set email_confirmed_at = coalesce($2::timestamptz, now())
     where id = $1 and email_confirmed_at is null returning email_confirmed_at as at`,
    [userId, now],
  )
  if (!marked.rows[0]) return
  const changes = { emailConfirmedAt: { from: null, to: marked.rows[0].at } }
  const about = { subject: 'users', subjectId: userId, title: email }
  await recordAudit(sql, by, [{ action: 'update', ...about, changes }], now)
}
