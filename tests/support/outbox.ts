import type { Pool } from 'pg'
import { openBody } from '../../src/platform/mail/seal'
import { runtime } from '../../src/platform/runtime/runtime'

type Queued = { subject: string; text: string; html: string | undefined }

/** The mails to this address that still wait, the newest first, opened. `secret`: of the hub that queued them. */
export async function queuedMails(
  pool: Pool,
  recipient: string,
  secret: string = runtime().secret,
): Promise<Queued[]> {
  const found = await pool.query<{ id: string; subject: string; sealed: Buffer }>(
    'select id, subject, sealed from mail_outbox where recipient = $1 and sealed is not null order by id desc',
    [recipient],
  )
  return found.rows.map(({ id, subject, sealed }) => {
    const { text, html } = openBody({ id, recipient }, sealed, secret)
    return { subject, text, html }
  })
}
