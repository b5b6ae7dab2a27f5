import type { Config } from '../../platform/config/environment'
import type { Sql } from '../../platform/database/sql'
import { queueMail } from '../../platform/mail/outbox'
import { emailChangedMail, passwordChangedMail } from '../../platform/mail/templates'
import { readBrand } from '../settings/read-settings'

/** What an admin changed of an account; its owner is notified. */
export type AccountChange = { email: string; emailBefore: string; hasNewPassword: boolean }

/**
 * Mails the owner of an account what was changed without them, in the transaction of the change: a new password to the
 * address of before, a new address to the old and to the new one, so that whoever is robbed of either hears of it.
 */
export async function tellOwner(
  sql: Sql,
  { email, emailBefore, hasNewPassword }: AccountChange,
  now: Date | null,
  { hubUrl }: Pick<Config, 'hubUrl'>,
): Promise<void> {
  const isMoved = email !== emailBefore
  if (!isMoved && !hasNewPassword) return
  const brand = await readBrand(sql, hubUrl)
  if (hasNewPassword) await queueMail(sql, passwordChangedMail(emailBefore, hubUrl, brand), now)
  if (!isMoved) return
  await queueMail(sql, emailChangedMail(emailBefore, 'old', brand), now)
  await queueMail(sql, emailChangedMail(email, 'new', brand), now)
}
