import { readCredential } from '../../domain/accounts/credential'
import { requirePrincipal, type SignedInCaller } from '../../domain/accounts/principal'
import type { Services } from './services'

/** The caller of a credential in the headers. Cookies are ignored here. Throws UNAUTHORIZED. */
export async function requireCaller(services: Services, headers: Headers): Promise<SignedInCaller> {
  return requirePrincipal(services.pool, await readCredential(headers, services.config.secret))
}
