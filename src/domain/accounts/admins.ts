import { randomInt } from 'node:crypto'
import type { Pool } from 'pg'
import { v7 as newId } from 'uuid'
import { type Config, ConfigError } from '../../platform/config/environment'
import { inTransaction, type Sql } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import { recordAudit, SYSTEM } from '../audit/record'
import { DEFAULT_HUB_NAME } from '../settings/read-settings'
import { IS_CONFIRMED } from './login'
import { newPasswordProblems } from './new-password'
import { hashPassword } from './password'
import { endAllSessions } from './sessions'
import { setPasswordHash } from './set-password'

type AdminConfig = Pick<Config, 'admin' | 'production' | 'bcryptCost' | 'hashesAtOnce'>

/** `generatedPassword` is set if this call generated one: it can be shown only now. */
export type FirstAdmin = { email: string; created: boolean; generatedPassword: string | null }

const DEVELOPMENT_EMAIL = 'admin@example.com'
/** An arbitrary constant of our own. Only one transaction at a time adds the first admin or removes one. */
const ADMINS_LOCK = 7_240_301

/**
 * Makes sure that an admin exists: from ADMIN_EMAIL and ADMIN_PASSWORD, or in development with a generated password.
 * An existing admin does not change. Among instances that start together, one creates it. Throws if production has
 * neither an admin nor ADMIN_*.
 */
export async function ensureFirstAdmin(
  pool: Pool,
  config: AdminConfig,
  now: Date | null = null,
): Promise<FirstAdmin> {
  const existing = await findAdmin(pool)
  if (existing) return { email: existing, created: false, generatedPassword: null }
  const generatedPassword = config.admin ? null : drawPassword()
  if (!config.admin && config.production) {
    throw new ConfigError('There is no admin yet: set ADMIN_EMAIL and ADMIN_PASSWORD')
  }
  const email = config.admin?.email ?? DEVELOPMENT_EMAIL
  const password = config.admin?.password ?? generatedPassword ?? ''
  await requireGoodPassword(email, password)
  const passwordHash = await hashPassword(password, config)
  return inTransaction(pool, async (sql) => {
    await sql.query('select pg_advisory_xact_lock($1)', [ADMINS_LOCK])
    const meanwhile = await findAdmin(sql)
    if (meanwhile) return { email: meanwhile, created: false, generatedPassword: null }
    await makeAdmin(sql, email, passwordHash, now)
    return { email, created: true, generatedPassword }
  })
}

/**
 * Throws CONFLICT if this user is the last admin who can sign in; if no admin can, if it is the last admin. Call it
 * in the transaction that deletes, disables or demotes the user: until that ends, nobody else removes an admin, so
 * two admins cannot remove each other at the same moment. The user's row is locked before the advisory lock, in the
 * order of an update, so that the two never wait for each other. The admins are counted after that, without row
 * locks.
 *
 * `leaving` are the admins that the same transaction is about to remove: they do not count, and this one joins them.
 * Payload runs the documents of a bulk operation at once, before any of them is deleted.
 */
export async function assertNotLastAdmin(
  sql: Sql,
  userId: string,
  { requireEmailConfirmation }: Pick<Config, 'requireEmailConfirmation'>,
  leaving: Set<string> = new Set(),
): Promise<void> {
  await sql.query('select from users where id = $1 for no key update', [userId])
  await sql.query('select pg_advisory_xact_lock($1)', [ADMINS_LOCK])
  const { rows: admins } = await sql.query<{ id: string; canSignIn: boolean }>(ENABLED_ADMINS, [
    requireEmailConfirmation,
  ])
  // No await from here on: if two run at once, one sees that the other admin leaves.
  const user = admins.find(({ id }) => id === userId)
  if (!user) return
  const others = admins.filter(({ id }) => id !== userId && !leaving.has(id))
  if (!others.some(({ canSignIn }) => canSignIn || !user.canSignIn))
    throw new Problem('CONFLICT', 'This is the last admin. Make somebody else an admin first.')
  leaving.add(userId)
}

const ENABLED_ADMINS = `
  select users.id, (not $1::boolean or ${IS_CONFIRMED}) as "canSignIn" from users join credentials on credentials.user_id = users.id
  where users.role = 'admin' and users.disabled is not true`

/** Checked only when the account is created now; a start of the hub does not judge an existing password. */
async function requireGoodPassword(email: string, password: string): Promise<void> {
  const problems = await newPasswordProblems(password, 'ADMIN_PASSWORD', [email, DEFAULT_HUB_NAME])
  if (problems.length === 0) return
  throw new ConfigError(problems.map(({ field, message }) => `${field}: ${message}`).join('\n'))
}

async function findAdmin(sql: Sql): Promise<string | null> {
  const found = await sql.query<{ email: string }>(
    `select email from users where role = 'admin' and disabled is not true order by created_at, id limit 1`,
  )
  return found.rows[0]?.email ?? null
}

/** The person who sets ADMIN_EMAIL runs this hub, so an existing account with this address becomes the admin. */
async function makeAdmin(sql: Sql, email: string, passwordHash: string, now: Date | null): Promise<void> {
  const made = await sql.query<{ id: string; isNew: boolean }>(
    `insert into users (id, name, email, role, disabled, email_confirmed_at, created_at, updated_at)
     select $1, 'Admin', $2, 'admin', false, at, at, at from (select coalesce($3::timestamptz, now()) as at) moment
     on conflict (email) do update set role = 'admin', disabled = false,
       email_confirmed_at = coalesce(users.email_confirmed_at, excluded.email_confirmed_at)
     returning id, xmax = 0 as "isNew"`,
    [newId(), email, now],
  )
  const { id, isNew } = made.rows[0] as { id: string; isNew: boolean }
  const changes = { role: { from: null, to: 'admin' } }
  const about = { subject: 'users', subjectId: id, title: email, note: 'The first admin, at the start' }
  await recordAudit(sql, SYSTEM, [{ action: isNew ? 'create' : 'update', ...about, changes }], now)
  await setPasswordHash(sql, id, passwordHash, now)
  await endAllSessions(sql, id, now)
}

/** 20 characters (over 100 bits) that keep the rules and cannot be misread: no 0, O, 1, l or I. */
function drawPassword(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
  const drawn = Array.from({ length: 17 }, () => letters.charAt(randomInt(letters.length))).join('')
  return `${drawn}-aA${2 + randomInt(8)}`
}
