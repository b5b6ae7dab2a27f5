import { networkOrUnknown } from '../../platform/kernel/networks'
import { Problem } from '../../platform/kernel/problem'
import type { AccountsDeps, Origin } from './deps'
import { countFailedLogin } from './failed-logins'
import type { Lane } from './hashing-queue'
import { accountKey, countFailedBrowser, countFailedSignIn, isBrowserSpent } from './limits'

type Refused = {
  /** Null for an email that has no account. */
  userId: string | null
  /** What the account trusts of this request, a browser or a session, by the name it is counted under. */
  trust: string | null
  isTrusted: boolean
}

/** Whether what an account trusts is trusted still, and was not used for too many guesses. */
export async function trusts(deps: AccountsDeps, trust: string | null): Promise<boolean> {
  return trust !== null && !(await isBrowserSpent(deps, trust))
}

/** Counts the failure, by account, network and address, and throws what every failed sign-in is answered. */
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

/** The one answer to a failed sign-in. */
export function invalidCredentials(): Problem {
  return new Problem('INVALID_CREDENTIALS', 'The email address or the password is wrong.')
}

/** Behind whom a password of this request is hashed. */
export function laneOf(origin: Origin, email: string): Lane {
  return { network: networkOrUnknown(origin.address), account: accountKey(email) }
}
