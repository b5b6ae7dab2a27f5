import { byPrincipal } from '../audit/record'
import { inTransaction, type Sql } from '../database/sql'
import { countFailedLogin } from './failed-logins'
import { countFailedSignIn, requireSignInAllowed } from './limits'
import { invalidCredentials } from './login'
import { checkPassword, hashPassword, verifyPassword } from './password'
import type { Principal } from './principal'
import type { AccountsRoom, Origin } from './room'
import { endAllSessions } from './sessions'
import { recordNewPassword, setPasswordHash } from './set-password'

type Caller = Pick<Principal, 'userId' | 'email' | 'sessionId'>

/**
 * Changes the caller's password and ends all their other sessions. Throws VALIDATION_ERROR that names each
 * rule the new one breaks, INVALID_CREDENTIALS when the current one is wrong or the account is locked (it
 * counts like a failed sign-in), RATE_LIMITED.
 */
export async function changePassword(
  room: AccountsRoom,
  caller: Caller,
  input: { currentPassword: string; newPassword: string },
  origin: Origin,
  now: Date | null = null,
): Promise<void> {
  const newPassword = checkPassword(input.newPassword, 'new_password')
  const currentHash = await checkCurrentPassword(room, caller, input.currentPassword, origin, now)
  const passwordHash = await hashPassword(newPassword, room.config)
  await inTransaction(room.pool, async (sql) => {
    if (!(await isStillCurrent(sql, caller.userId, currentHash))) throw invalidCredentials()
    await setPasswordHash(sql, caller.userId, passwordHash, now)
    await recordNewPassword(sql, byPrincipal({ ...caller, via: 'session' }, origin), caller, now)
    await endAllSessions(sql, caller.userId, now, caller.sessionId)
  })
}

/**
 * The stored hash, when this is the caller's current password. Throws INVALID_CREDENTIALS when it is not, or
 * while the account is locked, and RATE_LIMITED: a stolen session must not become a way to guess passwords.
 */
export async function checkCurrentPassword(
  room: AccountsRoom,
  caller: Caller,
  password: string,
  origin: Origin,
  now: Date | null = null,
): Promise<string> {
  await requireSignInAllowed(room, origin.address, caller.email)
  const known = (await room.pool.query<Known>(FIND_HASH, [caller.userId, now])).rows[0]
  const matches = await verifyPassword(password, known?.password_hash ?? null, room.config)
  if (known && matches && !known.locked) return known.password_hash
  await Promise.all([
    countFailedLogin(room.pool, caller.userId, origin, now),
    countFailedSignIn(room, origin.address, caller.email),
  ])
  throw invalidCredentials()
}

type Known = { password_hash: string; locked: boolean }

const FIND_HASH = `
  select password_hash, coalesce(locked_until > coalesce($2::timestamptz, now()), false) as locked
  from credentials where user_id = $1`

/** Locks the credential, so that of two changes at once, or a change and a reset, the second one fails. */
async function isStillCurrent(sql: Sql, userId: string, passwordHash: string): Promise<boolean> {
  const found = await sql.query(
    'select from credentials where user_id = $1 and password_hash = $2 for no key update',
    [userId, passwordHash],
  )
  return found.rows.length > 0
}
