import { inTransaction, type Sql } from '../../platform/database/sql'
import { networkOrUnknown } from '../../platform/kernel/networks'
import { byPrincipal } from '../audit/record'
import { readSettings } from '../settings/read-settings'
import type { AccountsDeps, Origin } from './deps'
import { requireSignInAllowed } from './limits'
import { checkPassword, hashPassword, verifyPassword } from './password'
import type { Principal } from './principal'
import { invalidCredentials, laneOf, refuseSignIn, trusts } from './refuse-sign-in'
import { endAllSessions } from './sessions'
import { recordNewPassword, setPasswordHash } from './set-password'
import { IS_CLOSED, IS_KNOWN, IS_LOCKED, joinNetwork } from './sign-in-state'

type Caller = Pick<Principal, 'userId' | 'email' | 'sessionId'> & Partial<Pick<Principal, 'name'>>

/**
 * Changes the caller's password and ends all their other sessions. Throws VALIDATION_ERROR with each rule that the
 * new password breaks, INVALID_CREDENTIALS if the current one is wrong or the account is locked (this counts as a
 * failed sign-in), RATE_LIMITED.
 */
export async function changePassword(
  deps: AccountsDeps,
  caller: Caller,
  input: { currentPassword: string; newPassword: string },
  origin: Origin,
  now: Date | null = null,
): Promise<void> {
  const about = [caller.email, caller.name ?? '', (await readSettings(deps.pool)).hubName]
  const newPassword = await checkPassword(input.newPassword, 'new_password', about)
  const currentHash = await checkCurrentPassword(deps, caller, input.currentPassword, origin, now)
  const passwordHash = await hashPassword(newPassword, deps.config, laneOf(origin, caller.email))
  await inTransaction(deps.pool, async (sql) => {
    if (!(await isStillCurrent(sql, caller.userId, currentHash))) throw invalidCredentials()
    await setPasswordHash(sql, caller.userId, passwordHash, now)
    await recordNewPassword(sql, byPrincipal({ ...caller, via: 'session' }, origin), caller, now)
    await endAllSessions(sql, caller.userId, now, caller.sessionId)
  })
}

/**
 * Returns the stored hash if this is the caller's current password. Throws INVALID_CREDENTIALS if it is not, or while
 * the account is locked for the caller's network. Throws RATE_LIMITED, so that nobody can use a stolen session to
 * guess passwords. A live session is trusted like a browser that signed in before, for the same number of failures.
 */
export async function checkCurrentPassword(
  deps: AccountsDeps,
  caller: Caller,
  password: string,
  origin: Origin,
  now: Date | null = null,
): Promise<string> {
  await requireSignInAllowed(deps, origin.address, caller.email)
  const values = [caller.userId, now, networkOrUnknown(origin.address)]
  const known = (await deps.pool.query<Known>(FIND_HASH, values)).rows[0]
  const trust = caller.sessionId === null ? null : `session ${caller.sessionId}`
  const isTrusted = await trusts(deps, trust)
  const lane = laneOf(origin, caller.email)
  const match = await verifyPassword(password, known?.password_hash ?? null, deps.config, lane)
  if (known && match && !known.locked && (!known.closed || isTrusted)) return known.password_hash
  return refuseSignIn(deps, { userId: caller.userId, trust, isTrusted }, origin, now)
}

type Known = { password_hash: string; locked: boolean; closed: boolean }

const FIND_HASH = `
  with moment as (select coalesce($2::timestamptz, now()) as at)
  select credentials.password_hash, ${IS_LOCKED} as locked, ${IS_CLOSED} and not ${IS_KNOWN} as closed
  from moment, credentials ${joinNetwork(3)}
  where credentials.user_id = $1`

/** Locks the credential: of two changes at once, or a change and a reset, the second one fails. */
async function isStillCurrent(sql: Sql, userId: string, passwordHash: string): Promise<boolean> {
  const found = await sql.query(
    'select from credentials where user_id = $1 and password_hash = $2 for no key update',
    [userId, passwordHash],
  )
  return found.rows.length > 0
}
