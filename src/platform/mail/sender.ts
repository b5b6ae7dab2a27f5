import type { Pool } from 'pg'
import type { Sql } from '../database/sql'
import { every, warnOf } from '../log/every'
import { loggedMessage } from '../log/logged-error'
import { runtime } from '../runtime/runtime'
import { type Mail, sealPlainMail, sealRow } from './outbox'
import { openBody } from './seal'
import { type MailConfig, mailTransport, type Transport } from './transport'

const LOOK_EVERY_MS = 1_000
const MOST_AT_ONCE = 10

export type MailLog = {
  info: (fields: object, message: string) => void
  warn: (fields: object, message: string) => void
}

/**
 * Sends the mails in the outbox, within about a second. Any number of instances may run it: each skips the rows that another
 * has taken. Returns a function that stops it and waits for mails in flight. In production without SMTP it sends nothing,
 * and logs this once.
 */
export function startMailSender(pool: Pool, config: MailConfig, log: MailLog): () => Promise<void> {
  const transport = mailTransport(config)
  void sealPlainMail(pool).catch(warnOf(log, 'plain mails could not be sealed'))
  if (!transport) {
    log.warn({}, 'no mail will be sent: SMTP_HOST is not set')
    return async () => undefined
  }
  const stop = every(
    LOOK_EVERY_MS,
    () => sendDueMail(pool, transport, log),
    warnOf(log, 'the outbox could not be read'),
  )
  return async () => {
    await stop()
    transport.close()
  }
}

/** Sends the mails that are due, at most ten, and returns how many were sent. It holds no connection while it sends. */
export async function sendDueMail(
  sql: Sql,
  transport: Transport,
  log: MailLog,
  now: Date | null = null,
): Promise<number> {
  const due = await sql.query<Row>(TAKE, [now, MOST_AT_ONCE])
  const results = await Promise.all(due.rows.map((row) => sendOne(sql, transport, log, row, now)))
  return results.filter(Boolean).length
}

async function sendOne(
  sql: Sql,
  transport: Transport,
  log: MailLog,
  row: Row,
  now: Date | null,
): Promise<boolean> {
  try {
    const to = await transport.deliver(row.id, readMail(row))
    await sql.query(SENT, [row.id, now])
    log.info({ mail_id: row.id, subject: row.subject, to }, 'mail sent')
    return true
  } catch (error) {
    const reason = error instanceof Error ? loggedMessage(error) : String(error)
    log.warn({ mail_id: row.id, attempts: row.attempts, reason }, 'mail not sent')
    await sql.query('update mail_outbox set last_error = $2 where id = $1', [row.id, reason.slice(0, 500)])
    if (row.sealed === null) await sealRow(sql, row)
    return false
  }
}

/** The mail of a row. A mail from an instance of an earlier version is in plain text. */
function readMail({ id, recipient, subject, sealed, body_text, body_html }: Row): Mail {
  const plain = { text: body_text, html: body_html ?? undefined }
  const { text, html } = sealed ? openBody({ id, recipient }, sealed, runtime().secret) : plain
  return { recipient, subject, text, ...(html === undefined ? {} : { html }) }
}

const AGAIN = `moment.at + least(interval '1 hour', interval '30 seconds' * power(2, least(attempts, 10)))`

/**
 * Taking a row first moves its next attempt ahead: by 30 s, doubled each time up to an hour. So a crash during sending
 * causes another attempt instead of a lost mail. After a day the link has expired, and the mail is not sent any more.
 */
const TAKE = `
  with moment as (select coalesce($1::timestamptz, now()) as at), due as (
    select id from mail_outbox, moment
    where sent_at is null and coalesce(due_at, next_attempt_at) <= moment.at
      and created_at > moment.at - interval '24 hours'
    order by coalesce(due_at, next_attempt_at) limit $2
    for update of mail_outbox skip locked
  )
  update mail_outbox set attempts = attempts + 1,
    due_at = case when sealed is not null then ${AGAIN} end,
    next_attempt_at = case when sealed is null then ${AGAIN} else next_attempt_at end
  from due, moment where mail_outbox.id = due.id
  returning mail_outbox.id, recipient, subject, sealed, body_text, body_html, attempts`

/** The body of a sent mail is removed: its link is a secret that nobody needs any more. */
const SENT = `
  update mail_outbox set sent_at = coalesce($2::timestamptz, now()), body_text = '', body_html = null,
    sealed = null, last_error = null
  where id = $1`

type Row = {
  id: string
  recipient: string
  subject: string
  sealed: Buffer | null
  body_text: string
  body_html: string | null
  attempts: number
}
