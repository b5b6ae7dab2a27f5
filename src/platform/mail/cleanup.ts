import type { Sql } from '../database/sql'
import { sealPlainMail } from './outbox'

/** Empties the outbox of what was sent a week ago, and of what could not be sent within its day; seals what is left. */
export async function deleteOldMail(sql: Sql, now: Date | null = null): Promise<void> {
  await sql.query(
    `delete from mail_outbox
     where created_at < coalesce($1::timestamptz, now()) - interval '7 days'
        or (sent_at is null and created_at < coalesce($1::timestamptz, now()) - interval '24 hours')`,
    [now],
  )
  await sealPlainMail(sql)
}
