import type { Config } from '../../platform/config/environment'
import type { Sql } from '../../platform/database/sql'
import { invalidField } from '../../platform/kernel/problem'
import { isToken, randomToken, tokenHash } from './keys'

export type EmailPurpose = 'password_reset' | 'confirm_email'

/** How long a mailed link is valid. Source: FR-005. */
export const LINK_HOURS = 24

const PAGES: Record<EmailPurpose, string> = {
  password_reset: 'reset-password',
  confirm_email: 'confirm-email',
}

/**
 * The link in a mail: it uses `EMAIL_LINK_URL` (by default the hub's own pages under /account), never the Host header
 * of a request. The token comes after `#`, so that it never appears in a server's log or a Referer.
 */
export function emailLink(
  config: Pick<Config, 'emailLinkUrl' | 'hubUrl'>,
  purpose: EmailPurpose,
  token: string,
): string {
  return `${config.emailLinkUrl ?? `${config.hubUrl}/account`}/${PAGES[purpose]}#token=${token}`
}

/** Creates a link's token and stores its hash; an older token for the same purpose stops working. */
export async function makeEmailToken(
  sql: Sql,
  userId: string,
  purpose: EmailPurpose,
  now: Date | null,
): Promise<string> {
  const token = randomToken()
  await sql.query('delete from email_tokens where user_id = $1 and purpose = $2', [userId, purpose])
  await sql.query(
    `insert into email_tokens (hash, user_id, purpose, created_at, expires_at)
     select $1, $2, $3, at, at + make_interval(hours => $5)
     from (select coalesce($4::timestamptz, now()) as at) moment`,
    [tokenHash(token), userId, purpose, now, LINK_HOURS],
  )
  return token
}

/** The owner of a valid link, without using it up. It is checked first, so that an invalid link causes no hashing. */
export async function findEmailTokenOwner(
  sql: Sql,
  token: string,
  purpose: EmailPurpose,
  now: Date | null,
): Promise<string | null> {
  if (!isToken(token)) return null
  const found = await sql.query<{ user_id: string }>(
    `select user_id from email_tokens where hash = $1 and purpose = $2 and used_at is null
       and expires_at > coalesce($3::timestamptz, now())`,
    [tokenHash(token), purpose, now],
  )
  return found.rows[0]?.user_id ?? null
}

/** Uses up a link and returns its owner; one guarded update, so it works once. Null for an invalid link. */
export async function spendEmailToken(
  sql: Sql,
  token: string,
  purpose: EmailPurpose,
  now: Date | null,
): Promise<string | null> {
  if (!isToken(token)) return null
  const spent = await sql.query<{ user_id: string }>(
    `update email_tokens set used_at = coalesce($3::timestamptz, now())
     where hash = $1 and purpose = $2 and used_at is null and expires_at > coalesce($3::timestamptz, now())
     returning user_id`,
    [tokenHash(token), purpose, now],
  )
  return spent.rows[0]?.user_id ?? null
}

/** The same error for a link that is unknown, used, replaced or too old. */
export function deadLink() {
  return invalidField('token', 'this link is invalid or has expired; request a new one')
}
