import type { Pool } from 'pg'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import { perProcess } from '../../platform/kernel/process'

/** How often something may happen in one window, per client address or per account (an email, registered or not). */
export type LimitSettings = {
  windowSeconds: number
  failedSignInsPerAddress: number
  /** For a browser or a session that an account trusts; after more failures it is no longer trusted. */
  failedSignInsPerBrowser: number
  signInsPerAddress: number
  /** Per `signInsPerAccountSeconds`: shorter than the window, so that an account is soon admitted again. */
  signInsPerAccount: number
  signInsPerAccountSeconds: number
  registrationsPerAddress: number
  registrationsPerAccount: number
  resetsPerAddress: number
  resetsPerAccount: number
  confirmationsPerAddress: number
  confirmationsPerAccount: number
}

/** Source: requirements, "per address in 10 minutes"; the other figures are the hub's own. */
export const DEFAULT_LIMITS: LimitSettings = {
  windowSeconds: 600,
  failedSignInsPerAddress: 20,
  failedSignInsPerBrowser: 10,
  signInsPerAddress: 600,
  signInsPerAccount: 60,
  signInsPerAccountSeconds: 60,
  registrationsPerAddress: 60,
  registrationsPerAccount: 10,
  resetsPerAddress: 60,
  resetsPerAccount: 5,
  confirmationsPerAddress: 60,
  confirmationsPerAccount: 5,
}

export type LimitsDeps = { pool: Pool; limits?: LimitSettings }

type Limiter = RateLimiterPostgres
export type Pair = { address: Limiter; account: Limiter }
export type Limiters = {
  failedAddress: Limiter
  failedBrowser: Limiter
  signedIn: Pair
  registration: Pair
  reset: Pair
  confirmation: Pair
}

/** Counters are stored in the table `rate_limits`, so that the limits hold with any number of instances. */
export function limiters(deps: LimitsDeps): Limiters {
  const known = perProcess('accounts.limiters', () => new WeakMap<Pool, Map<LimitSettings, Limiters>>())
  const ofPool = known.get(deps.pool) ?? new Map<LimitSettings, Limiters>()
  known.set(deps.pool, ofPool)
  const settings = deps.limits ?? DEFAULT_LIMITS
  const existing = ofPool.get(settings)
  if (existing) return existing
  const made = makeLimiters(deps.pool, settings)
  ofPool.set(settings, made)
  return made
}

function makeLimiters(pool: Pool, settings: LimitSettings): Limiters {
  const limiter = (keyPrefix: string, points: number, duration = settings.windowSeconds) =>
    new RateLimiterPostgres({
      storeClient: pool,
      storeType: 'pool',
      tableName: 'rate_limits',
      tableCreated: true,
      keyPrefix,
      points,
      duration,
      // Requests beyond the limit are refused from memory.
      inMemoryBlockOnConsumed: points,
      clearExpiredByTimeout: keyPrefix === 'sign-in-address',
    })
  const pair = (name: string, byAddress: number, byAccount: number, accountSeconds?: number): Pair => ({
    address: limiter(`${name}-address`, byAddress),
    account: limiter(`${name}-account`, byAccount, accountSeconds),
  })
  return {
    failedAddress: limiter('sign-in-address', settings.failedSignInsPerAddress),
    failedBrowser: limiter('sign-in-browser', settings.failedSignInsPerBrowser),
    signedIn: pair(
      'signed-in',
      settings.signInsPerAddress,
      settings.signInsPerAccount,
      settings.signInsPerAccountSeconds,
    ),
    registration: pair('registration', settings.registrationsPerAddress, settings.registrationsPerAccount),
    reset: pair('reset', settings.resetsPerAddress, settings.resetsPerAccount),
    confirmation: pair('confirmation', settings.confirmationsPerAddress, settings.confirmationsPerAccount),
  }
}
