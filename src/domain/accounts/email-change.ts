import type { Config } from '../../platform/config/environment'
import type { Sql } from '../../platform/database/sql'
import { mailConfirmLink, setMustConfirm } from './register'

/**
 * The effects of a new email address: links mailed to the old one stop working, and the new one is not confirmed yet.
 * With `requireEmailConfirmation` the new address gets a link, which the user must open before the next sign-in.
 */
export async function emailChanged(
  sql: Sql,
  user: { id: string; email: string },
  now: Date | null,
  config: Pick<Config, 'emailLinkUrl' | 'hubUrl' | 'requireEmailConfirmation'>,
): Promise<void> {
  await sql.query('delete from email_tokens where user_id = $1', [user.id])
  await sql.query('update users set email_confirmed_at = null where id = $1', [user.id])
  await setMustConfirm(sql, user.id, config.requireEmailConfirmation)
  if (config.requireEmailConfirmation) await mailConfirmLink(sql, user, now, config)
}
