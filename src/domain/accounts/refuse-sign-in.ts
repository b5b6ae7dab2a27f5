import { networkOrUnknown } from '../../platform/kernel/networks'
import { Problem } from '../../platform/kernel/problem'
import type { AccountsDeps, Origin } from './deps'
import { countFailedLogin } from './failed-logins'
import type { Lane } from './hashing-queue'
import { accountKey, countFailedBrowser, countFailedSignIn, isBrowserSpent } from './limits'

type Refused = {
  /** Null for an email that has no account. */
  userId: string | null
  /** The browser or session of this request that the account trusts, by the name under which it is counted. */
  trust: string | null
  isTrusted: boolean
}

/** Whether this browser or session is still trusted, that is, was not used for too many guesses. */
export async function trusts(deps: AccountsDeps, trust: string | null): Promise<boolean> {
  return trust !== null && !(await isBrowserSpent(deps, trust))
}

/** Counts the failure, for account, network and client address, and throws the error of every failed sign-in. */
export async function refuseSignIn(
  deps: AccountsDeps,
  { userId, trust, isTrusted }: Refused,
  origin: Origin,
  now: Date | null,
): Promise<never> {
  await Promise.all([
    countFailedLogin(deps.pool, userId, origin, isTrusted, now),
    countFailedSignIn(deps, origin.address),
    trust === null ? null : countFailedBrowser(deps, trust),
  ])
  throw invalidCredentials()
}

/** The same error for every failed sign-in. */
export function invalidCredentials(): Problem {
  return new Problem('INVALID_CREDENTIALS', 'The email address or the password is wrong.')
}

/** The lane of the hashing queue for a password of this request. */
export function laneOf(origin: Origin, email: string): Lane {
  return { network: networkOrUnknown(origin.address), account: accountKey(email) }
}
