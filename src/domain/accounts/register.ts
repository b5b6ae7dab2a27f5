import { v7 as newId } from 'uuid'
import type { Config } from '../../platform/config/environment'
import { inTransaction, type Sql, sqlState } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import { queueMail } from '../../platform/mail/outbox'
import { confirmMail, welcomeMail } from '../../platform/mail/templates'
import { byNobody, recordAudit } from '../audit/record'
import { readBrand, readSettings } from '../settings/read-settings'
import type { AccountsDeps, Origin } from './deps'
import { emailLink, LINK_HOURS, makeEmailToken } from './email-tokens'
import { type Registration, readRegistration } from './input'
import { countRegistration } from './limits'
import { hashPassword } from './password'
import { laneOf } from './refuse-sign-in'
import { setPasswordHash } from './set-password'

export type Profile = { id: string; name: string; email: string; role: 'user' | 'admin'; createdAt: Date }

const UNIQUE_VIOLATION = '23505'

/**
 * Creates an account with role `user` and everything that belongs to it, in one transaction. Throws
 * REGISTRATION_CLOSED while the settings say so, VALIDATION_ERROR (with every error), RATE_LIMITED, and EMAIL_TAKEN;
 * after EMAIL_TAKEN nothing has changed.
 */
export async function registerUser(
  deps: AccountsDeps,
  input: Registration,
  origin: Origin,
  now: Date | null = null,
): Promise<Profile> {
  const { signUpOpen, hubName } = await readSettings(deps.pool)
  if (!signUpOpen) throw registrationClosed()
  const { name, email, password } = await readRegistration(input, [hubName])
  await countRegistration(deps, origin.address, email)
  const passwordHash = await hashPassword(password, deps.config, laneOf(origin, email))
  try {
    return await inTransaction(deps.pool, async (sql) => {
      const user = (await sql.query<Profile>(INSERT_USER, [newId(), name, email, now])).rows[0] as Profile
      const by = byNobody(origin)
      await recordAudit(sql, by, [registered(user)], now)
      await completeUser(sql, user, passwordHash, now, deps.config)
      await deps.onRegistered?.(sql, user.id, now, by)
      return user
    })
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw emailTaken(error)
    throw error
  }
}

function registered({ id, name, email, role }: Profile) {
  const changes = {
    name: { from: null, to: name },
    email: { from: null, to: email },
    role: { from: null, to: role },
  }
  return {
    action: 'create',
    subject: 'users',
    subjectId: id,
    title: email,
    note: 'Registered',
    changes,
  } as const
}

/**
 * Gives a new user, however it was created, its password and its first mail, in the caller's transaction. With
 * `requireEmailConfirmation` the mail contains the link that the user must open before the first sign-in.
 */
export async function completeUser(
  sql: Sql,
  user: { id: string; email: string },
  passwordHash: string,
  now: Date | null,
  config: Pick<Config, 'emailLinkUrl' | 'hubUrl' | 'requireEmailConfirmation'>,
): Promise<void> {
  await setPasswordHash(sql, user.id, passwordHash, now)
  await setMustConfirm(sql, user.id, config.requireEmailConfirmation)
  if (!config.requireEmailConfirmation) {
    await queueMail(sql, welcomeMail(user.email, config.hubUrl, await readBrand(sql, config.hubUrl)), now)
    return
  }
  await mailConfirmLink(sql, user, now, config)
}

/** Stores whether this account must confirm its address: the setting at the time when it got the address. */
export async function setMustConfirm(sql: Sql, userId: string, mustConfirm: boolean): Promise<void> {
  await sql.query('update credentials set must_confirm = $2 where user_id = $1', [userId, mustConfirm])
}

/** Mails the link that confirms an address; an older link stops working. */
export async function mailConfirmLink(
  sql: Sql,
  user: { id: string; email: string },
  now: Date | null,
  config: Pick<Config, 'emailLinkUrl' | 'hubUrl'>,
): Promise<void> {
  const token = await makeEmailToken(sql, user.id, 'confirm_email', now)
  const brand = await readBrand(sql, config.hubUrl)
  const link = emailLink(config, 'confirm_email', token)
  await queueMail(sql, confirmMail(user.email, link, LINK_HOURS, brand), now)
}

const INSERT_USER = `
  insert into users (id, name, email, role, disabled, created_at, updated_at)
  select $1, $2, $3, 'user', false, at, at from (select coalesce($4::timestamptz, now()) as at) moment
  returning id, name, email, role::text as role, created_at as "createdAt"`

function registrationClosed(): Problem {
  return new Problem(
    'REGISTRATION_CLOSED',
    'This hub takes no new registrations. Ask its admins for an account.',
  )
}

function emailTaken(cause: unknown): Problem {
  const details = [{ field: 'email', message: 'has an account already: sign in, or reset the password' }]
  return new Problem('EMAIL_TAKEN', 'There is an account with this email address already.', {
    details,
    cause,
  })
}
