import type { Config } from '../../platform/config/environment'
import type { Sql } from '../../platform/database/sql'
import { queueMail } from '../../platform/mail/outbox'
import { emailChangedMail, passwordChangedMail } from '../../platform/mail/templates'
import { readBrand } from '../settings/read-settings'

/** An admin's change of an account; its owner is notified. */
export type AccountChange = { email: string; emailBefore: string; hasNewPassword: boolean }

/**
 * Mails the owner of an account when an admin changed it, in the transaction of the change. A new password is
 * reported to the previous address, a new address to the old and the new one, so that an owner who loses either is
 * notified.
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
