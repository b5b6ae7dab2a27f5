import { setTimeout as sleep } from 'node:timers/promises'
import { inTransaction, type Sql } from '../../platform/database/sql'
import { queueMail } from '../../platform/mail/outbox'
import { resetMail } from '../../platform/mail/templates'
import { NOWHERE } from '../audit/record'
import { readBrand } from '../settings/read-settings'
import { readAboutUser } from './about-user'
import { markEmailConfirmed } from './confirm-email'
import type { AccountsDeps, Origin } from './deps'
import {
  deadLink,
  emailLink,
  findEmailTokenOwner,
  LINK_HOURS,
  makeEmailToken,
  spendEmailToken,
} from './email-tokens'
import { emailSchema, readField } from './input'
import { rememberNetwork } from './known-networks'
import { countReset, unlessTooMany } from './limits'
import { checkPassword, hashPassword } from './password'
import { laneOf } from './refuse-sign-in'
import { endAllSessions } from './sessions'
import { recordNewPassword, setPasswordHash } from './set-password'

/** Longer than the writes for an existing account; every request takes at least this long. */
const SAME_TIME_MS = 100

/**
 * Mails a link for a new password, if the account exists. The response and its time are the same if it does not
 * exist, and if too many links were requested: then nothing is sent. Throws VALIDATION_ERROR for an invalid email
 * address.
 */
export async function requestPasswordReset(
  deps: AccountsDeps,
  input: { email: string },
  origin: Origin,
  now: Date | null = null,
): Promise<void> {
  const email = readField('email', emailSchema, input.email)
  await Promise.all([mailLink(deps, email, origin, now), sleep(SAME_TIME_MS)])
}

async function mailLink(deps: AccountsDeps, email: string, origin: Origin, now: Date | null): Promise<void> {
  const mayAsk = await countReset(deps, origin.address, email).then(() => true, unlessTooMany)
  if (!mayAsk) return
  await inTransaction(deps.pool, (sql) => mailPasswordLink(sql, deps.config, email, now))
}

/**
 * Queues the mail with a link for a new password; does nothing if the account does not exist or is disabled. Part of
 * the caller's transaction. The caller has checked that this is allowed.
 */
export async function mailPasswordLink(
  sql: Sql,
  config: AccountsDeps['config'],
  email: string,
  now: Date | null,
): Promise<void> {
  const userId = await lockUser(sql, email)
  if (userId === null) return
  const token = await makeEmailToken(sql, userId, 'password_reset', now)
  const brand = await readBrand(sql, config.hubUrl)
  const link = emailLink(config, 'password_reset', token)
  await queueMail(sql, resetMail(email, link, LINK_HOURS, brand), now)
}

/** Locked, so that of two requests at once the later link replaces the earlier one. */
async function lockUser(sql: Sql, email: string): Promise<string | null> {
  const found = await sql.query<{ id: string }>(
    'select id from users where email = $1 and disabled is not true for no key update',
    [email],
  )
  return found.rows[0]?.id ?? null
}

/**
 * Sets a new password with a mailed token, which works once: all sessions end, every lock is lifted, the network
 * becomes known, and the address counts as confirmed, because the user has read the mail. Throws VALIDATION_ERROR for
 * a password that breaks the rules (for `field`; the link stays valid) and for an invalid link.
 */
export async function resetPassword(
  deps: AccountsDeps,
  input: { token: string; newPassword: string },
  now: Date | null = null,
  field = 'new_password',
  origin: Origin = NOWHERE,
): Promise<void> {
  await checkPassword(input.newPassword, field)
  const userId = await findEmailTokenOwner(deps.pool, input.token, 'password_reset', now)
  if (userId === null) throw deadLink()
  const owner = await readAboutUser(deps.pool, userId)
  const password = await checkPassword(input.newPassword, field, owner.about)
  const passwordHash = await hashPassword(password, deps.config, laneOf(origin, owner.email))
  await inTransaction(deps.pool, async (sql) => {
    // The user's row is locked before everything that depends on it: every other change uses the same order.
    const user = await lockUserById(sql, userId)
    if ((await spendEmailToken(sql, input.token, 'password_reset', now)) === null) throw deadLink()
    await setPasswordHash(sql, userId, passwordHash, now)
    await rememberNetwork(sql, userId, origin, now)
    await endAllSessions(sql, userId, now)
    const by = { ...origin, ...user, via: 'link' } as const
    await recordNewPassword(sql, by, user, now)
    await markEmailConfirmed(sql, by, user, now)
  })
}

async function lockUserById(sql: Sql, userId: string): Promise<{ userId: string; email: string }> {
  const found = await sql.query<{ email: string }>(
    'select email from users where id = $1 for no key update',
    [userId],
  )
  const user = found.rows[0]
  if (!user) throw deadLink()
  return { userId, email: user.email }
}
