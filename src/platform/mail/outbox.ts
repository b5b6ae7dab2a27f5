import { v7 as newId } from 'uuid'
import type { Config } from '../config/environment'
import type { Sql } from '../database/sql'
import { runtime } from '../runtime/runtime'
import { sealBody } from './seal'

export type Mail = { recipient: string; subject: string; text: string; html?: string }

/**
 * Puts a mail into the outbox in the caller's transaction: it is sent only if that commits. `startMailSender` sends it,
 * never a request. The body is encrypted: its links open accounts, and readers of the database must not be able to follow
 * them. If no mail can be sent, nothing is queued. Returns the mail's id.
 */
export async function queueMail(sql: Sql, mail: Mail, now: Date | null = null): Promise<string> {
  const { config, secret } = runtime()
  const id = newId()
  if (!canSendMail(config)) return id
  const { recipient, subject, text, html } = mail
  const sealed = sealBody({ id, recipient }, { text, html }, secret)
  await sql.query(QUEUE, [id, recipient, subject, sealed, now])
  return id
}

/**
 * In development, mails are written to files. Production needs a server, because a file with a link is a secret on disk.
 */
export const canSendMail = ({ smtp, production }: Pick<Config, 'smtp' | 'production'>) =>
  smtp !== null || !production

/** Instances of an earlier version send the rows that are due by this column. They would send an encrypted row as empty. */
const NEVER = `interval '100 years'`

const QUEUE = `
  insert into mail_outbox (id, recipient, subject, body_text, sealed, created_at, due_at, next_attempt_at)
  select $1, $2, $3, '', $4, at, at, at + ${NEVER} from (select coalesce($5::timestamptz, now()) as at) moment`

type Plain = { id: string; recipient: string; body_text: string; body_html: string | null }

/**
 * Encrypts mails that an instance of an earlier version queued in plain text. Called at the start and with the clean-up. A
 * plain mail that can be sent is sent within seconds anyway.
 */
export async function sealPlainMail(sql: Sql): Promise<void> {
  const plain = await sql.query<Plain>(
    `select id, recipient, body_text, body_html from mail_outbox
     where sent_at is null and sealed is null order by id limit 1000`,
  )
  for (const row of plain.rows) await sealRow(sql, row)
}

/** Encrypts one plain row, unless it was sent in the meantime. */
export async function sealRow(sql: Sql, { id, recipient, body_text, body_html }: Plain): Promise<void> {
  const sealed = sealBody(
    { id, recipient },
    { text: body_text, html: body_html ?? undefined },
    runtime().secret,
  )
  await sql.query(SEAL, [id, sealed])
}

const SEAL = `
  update mail_outbox set sealed = $2, body_text = '', body_html = null, due_at = next_attempt_at,
    next_attempt_at = next_attempt_at + ${NEVER}
  where id = $1 and sent_at is null and sealed is null`
