import { v7 as newId } from 'uuid'
import type { Config } from '../config/environment'
import type { Sql } from '../database/sql'
import { runtime } from '../runtime/runtime'
import { sealBody } from './seal'

export type Mail = { recipient: string; subject: string; text: string; html?: string }

/**
 * Puts a mail into the outbox, in the caller's transaction: it is sent if, and only if, that commits. Sending
 * is the work of `startMailSender`, never of a request. What it says is sealed: its links open accounts, and who
 * reads the database must not follow them. Where nothing can be sent, nothing is put there.
 * Answers the mail's id.
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

/** In development mail becomes files; in production it needs a server, as a file with a link is a secret on disk. */
export const canSendMail = ({ smtp, production }: Pick<Config, 'smtp' | 'production'>) =>
  smtp !== null || !production

/** An instance of before sends what is due by this column: it must not send a sealed row, which it takes for empty. */
const NEVER = `interval '100 years'`

const QUEUE = `
  insert into mail_outbox (id, recipient, subject, body_text, sealed, created_at, due_at, next_attempt_at)
  select $1, $2, $3, '', $4, at, at, at + ${NEVER} from (select coalesce($5::timestamptz, now()) as at) moment`

type Plain = { id: string; recipient: string; body_text: string; body_html: string | null }

/**
 * Seals what an instance of before put into the outbox in plain text. Called at the start and with the clean-up; a plain
 * mail that can be sent leaves within seconds anyway.
 */
export async function sealPlainMail(sql: Sql): Promise<void> {
  const plain = await sql.query<Plain>(
    `select id, recipient, body_text, body_html from mail_outbox
     where sent_at is null and sealed is null order by id limit 1000`,
  )
  for (const row of plain.rows) await sealRow(sql, row)
}

/** Seals one plain row, unless it has left meanwhile. */
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
