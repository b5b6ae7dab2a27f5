import { Problem } from '../../platform/kernel/problem'

/**
 * Who may call: anyone; every signed-in caller; only a session (for what an API key must never do: manage keys, change the
 * account or its plan); only an admin, which an API key never is.
 */
export type Access = 'open' | 'signed-in' | 'session' | 'admin'

/** What a caller's access is decided by. */
export type Rights = { role: 'user' | 'admin'; via: 'session' | 'api-key' }

/** An admin who signed in with their password. An API key never has an admin's rights, even if an admin owns it. */
export const isAdmin = ({ role, via }: Rights): boolean => role === 'admin' && via === 'session'

/** The caller, who must have signed in with a password: an API key can never change the account or its plan. */
export function requireSession<Caller extends Pick<Rights, 'via'>>(caller: Caller): Caller {
  if (caller.via === 'session') return caller
  throw new Problem('FORBIDDEN', 'An API key may not do this: sign in with your password.')
}

/** Throws FORBIDDEN if this caller does not have `access`. */
export function requireAccess(caller: Rights, access: Access): void {
  if (access === 'admin' && !isAdmin(caller))
    throw new Problem('FORBIDDEN', 'Only admins may do this, signed in with their password.')
  if (access === 'session') requireSession(caller)
}
