import { readCredential } from '../../domain/accounts/credential'
import {
  isAdmin,
  type Principal,
  requirePrincipal,
  type SignedInCaller,
} from '../../domain/accounts/principal'
import { Problem } from '../../platform/kernel/problem'
import type { Services } from './services'

/**
 * Who may call: anyone; every signed-in caller; only a session (for what an API key must never do: manage keys, change the
 * account or its plan); only an admin, which an API key never is.
 */
export type Access = 'open' | 'signed-in' | 'session' | 'admin'

/** The caller of a credential in the headers. Cookies are ignored here. Throws UNAUTHORIZED. */
export async function requireCaller(services: Services, headers: Headers): Promise<SignedInCaller> {
  return requirePrincipal(services.pool, await readCredential(headers, services.config.secret))
}

/** The caller, who must have signed in with a password: an API key can never change the account or its plan. */
export function requireSession<Caller extends { via: Principal['via'] }>(caller: Caller): Caller {
  if (caller.via === 'session') return caller
  throw new Problem('FORBIDDEN', 'An API key may not do this: sign in with your password.')
}

/** Throws FORBIDDEN if this caller does not have `access`. */
export function requireAccess(principal: Principal, access: Access): void {
  if (access === 'admin' && !isAdmin(principal)) {
    throw new Problem('FORBIDDEN', 'Only admins may do this, signed in with their password.')
  }
  if (access === 'session') requireSession(principal)
}
