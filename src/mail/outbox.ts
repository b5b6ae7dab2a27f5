import { v7 as newId } from 'uuid'
import type { Sql } from '../database/sql'

export type Mail = { recipient: string; subject: string; text: string; html?: string }

/**
 * Puts a mail into the outbox, in the caller's transaction: it is sent if, and only if, that commits. Sending
 * is the work of `startMailSender`, never of a request.
 * Answers the mail's id.
 */
export async function queueMail(sql: Sql, mail: Mail, now: Date | null = null): Promise<string> {
  const id = newId()
  await sql.query(QUEUE, [id, mail.recipient, mail.subject, mail.text, mail.html ?? null, now])
  return id
}

const QUEUE = `
  insert into mail_outbox (id, recipient, subject, body_text, body_html, created_at, next_attempt_at)
  select $1, $2, $3, $4, $5, at, at from (select coalesce($6::timestamptz, now()) as at) moment`
