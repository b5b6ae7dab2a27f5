import { createHash } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import type { Pool } from 'pg'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { Problem, tooMany } from '../problem'
import { perProcess } from '../process'

/** How often something may happen in one window, by address or by account (an email, known or not). */
export type LimitSettings = {
  windowSeconds: number
  failedSignInsPerAddress: number
  failedSignInsPerAccount: number
  registrationsPerAddress: number
  registrationsPerAccount: number
  resetsPerAddress: number
  resetsPerAccount: number
  confirmationsPerAddress: number
  confirmationsPerAccount: number
}

/** Source: requirements, "per address in 10 minutes"; the figures by account are the hub's own. */
export const DEFAULT_LIMITS: LimitSettings = {
  windowSeconds: 600,
  failedSignInsPerAddress: 20,
  failedSignInsPerAccount: 30,
  registrationsPerAddress: 60,
  registrationsPerAccount: 10,
  resetsPerAddress: 60,
  resetsPerAccount: 5,
  confirmationsPerAddress: 60,
  confirmationsPerAccount: 5,
}

type Room = { pool: Pool; limits?: LimitSettings }
type Limited = 'signIn' | 'registration' | 'reset' | 'confirmation'
type Pair = { address: RateLimiterPostgres; account: RateLimiterPostgres }

/**
 * Throws RATE_LIMITED while this address or account has too many failed sign-ins behind it. Only failures
 * count, so attempts that are under way together are all let in: at most as many as the hashing queue holds.
 */
export async function requireSignInAllowed(room: Room, address: string | null, email: string): Promise<void> {
  const { signIn } = limiters(room)
  const keys = keysOf(address, email)
  const [byAddress, byAccount] = await Promise.all([
    keys.address === null ? null : signIn.address.get(keys.address),
    signIn.account.get(keys.account),
  ])
  for (const [state, most] of [
    [byAddress, signIn.address.points] as const,
    [byAccount, signIn.account.points] as const,
  ]) {
    if (state && state.consumedPoints >= most) throw refusal(state)
  }
}

/** Counts a failed sign-in. Throws RATE_LIMITED when it was one too many. */
export function countFailedSignIn(room: Room, address: string | null, email: string): Promise<void> {
  return consume(room, 'signIn', address, email)
}

/** Counts a registration, before it is tried. Throws RATE_LIMITED when it is one too many. */
export function countRegistration(room: Room, address: string | null, email: string): Promise<void> {
  return consume(room, 'registration', address, email)
}

/** Counts a request for a reset mail. Throws RATE_LIMITED when it is one too many. */
export function countReset(room: Room, address: string | null, email: string): Promise<void> {
  return consume(room, 'reset', address, email)
}

/** Counts a fresh link for an address that is not confirmed. Throws RATE_LIMITED when it is one too many. */
export function countConfirmation(room: Room, address: string | null, email: string): Promise<void> {
  return consume(room, 'confirmation', address, email)
}

/** For what is dropped in silence when there was too much of it. */
export function unlessTooMany(error: unknown): false {
  if (error instanceof Problem && error.code === 'RATE_LIMITED') return false
  throw error
}

async function consume(room: Room, what: Limited, address: string | null, email: string): Promise<void> {
  const pair = limiters(room)[what]
  const keys = keysOf(address, email)
  const results = await Promise.allSettled([
    keys.address === null ? null : pair.address.consume(keys.address),
    pair.account.consume(keys.account),
  ])
  for (const result of results) {
    if (result.status === 'fulfilled') continue
    throw result.reason instanceof RateLimiterRes ? refusal(result.reason) : result.reason
  }
}

function refusal(state: RateLimiterRes) {
  return tooMany('Too many attempts. Try again later.', state.msBeforeNext / 1_000)
}

/** An IPv6 network (/64) counts as one address: whoever has one has all of it. Emails are stored as hashes. */
function keysOf(address: string | null, email: string): { address: string | null; account: string } {
  return {
    address: address && networkOf(address),
    account: createHash('sha256').update(email).digest('base64url'),
  }
}

/** The address, an IPv4 one also where it came mapped into IPv6; of IPv6 the first 64 bits. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address.slice(0, 64)
  const parsed = ipaddr.process(address)
  return parsed instanceof ipaddr.IPv6
    ? `${parsed.parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(':')}::/64`
    : parsed.toString()
}

/** Counters live in the table `rate_limits`, so that the limits hold with any number of instances. */
function limiters(room: Room): Record<Limited, Pair> {
  const known = perProcess('accounts.limiters', () => new WeakMap<Pool, Record<Limited, Pair>>())
  const existing = known.get(room.pool)
  if (existing) return existing
  const made = makeLimiters(room.pool, room.limits ?? DEFAULT_LIMITS)
  known.set(room.pool, made)
  return made
}

function makeLimiters(pool: Pool, settings: LimitSettings): Record<Limited, Pair> {
  const limiter = (keyPrefix: string, points: number) =>
    new RateLimiterPostgres({
      storeClient: pool,
      storeType: 'pool',
      tableName: 'rate_limits',
      tableCreated: true,
      keyPrefix,
      points,
      duration: settings.windowSeconds,
      // Whatever still counts once the limit is reached is answered from memory.
      inMemoryBlockOnConsumed: points,
      clearExpiredByTimeout: keyPrefix === 'sign-in-address',
    })
  const pair = (name: string, byAddress: number, byAccount: number): Pair => ({
    address: limiter(`${name}-address`, byAddress),
    account: limiter(`${name}-account`, byAccount),
  })
  return {
    signIn: pair('sign-in', settings.failedSignInsPerAddress, settings.failedSignInsPerAccount),
    registration: pair('registration', settings.registrationsPerAddress, settings.registrationsPerAccount),
    reset: pair('reset', settings.resetsPerAddress, settings.resetsPerAccount),
    confirmation: pair('confirmation', settings.confirmationsPerAddress, settings.confirmationsPerAccount),
  }
}
