import { createHash } from 'node:crypto'
import { type RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { networkOf } from '../../platform/kernel/networks'
import { Problem, tooMany } from '../../platform/kernel/problem'
import { type LimitsDeps, limiters, type Pair } from './limiters'

/**
 * Throws RATE_LIMITED while this client address has too many failed sign-ins, or while it or this account has too
 * many successful ones. It is called before the password is checked, so that it reveals nothing about it. Attempts
 * that run at the same time are all admitted: at most as many as the hashing queue holds.
 */
export async function requireSignInAllowed(
  deps: LimitsDeps,
  address: string | null,
  email: string,
): Promise<void> {
  const { failedAddress, signedIn } = limiters(deps)
  const keys = keysOf(address, email)
  const asked: [string, RateLimiterPostgres][] = [[keys.account, signedIn.account]]
  if (keys.address !== null) asked.push([keys.address, failedAddress], [keys.address, signedIn.address])
  const names = asked.map(([key, limiter]) => limiter.getKey(key))
  const counted = await readCounters(deps, names)
  asked.forEach(([, { points }], index) => {
    const state = counted.get(names[index] as string)
    if (state && state.points >= points) throw refusal(state.msLeft)
  })
}

/** Counts a failed sign-in for its client address. Throws RATE_LIMITED if it was one too many. */
export async function countFailedSignIn(deps: LimitsDeps, address: string | null): Promise<void> {
  if (address === null) return
  await limiters(deps)
    .failedAddress.consume(networkOf(address))
    .catch((state: unknown) => {
      throw state instanceof RateLimiterRes ? refusal(state.msBeforeNext) : state
    })
}

/** Counts a right password. One too many is still accepted: a refusal now would show that the password was right. */
export async function countSignIn(deps: LimitsDeps, address: string | null, email: string): Promise<void> {
  const { signedIn } = limiters(deps)
  const keys = keysOf(address, email)
  await Promise.all([
    keys.address === null ? null : signedIn.address.consume(keys.address).catch(unlessOver),
    signedIn.account.consume(keys.account).catch(unlessOver),
  ])
}

/** Whether this browser (or session) has failed so often that it is no longer trusted; `key` names it. */
export async function isBrowserSpent(deps: LimitsDeps, key: string): Promise<boolean> {
  const { failedBrowser } = limiters(deps)
  const state = await failedBrowser.get(key)
  return state !== null && state.consumedPoints >= failedBrowser.points
}

/** Counts a failed sign-in of a trusted browser or session. */
export async function countFailedBrowser(deps: LimitsDeps, key: string): Promise<void> {
  await limiters(deps).failedBrowser.consume(key).catch(unlessOver)
}

/** Counts a registration, before it is tried. Throws RATE_LIMITED if it is one too many. */
export function countRegistration(deps: LimitsDeps, address: string | null, email: string): Promise<void> {
  return consume(limiters(deps).registration, address, email)
}

/** Counts a request for a reset mail. Throws RATE_LIMITED if it is one too many. */
export function countReset(deps: LimitsDeps, address: string | null, email: string): Promise<void> {
  return consume(limiters(deps).reset, address, email)
}

/** Counts a new link for an unconfirmed address. Throws RATE_LIMITED if it is one too many. */
export function countConfirmation(deps: LimitsDeps, address: string | null, email: string): Promise<void> {
  return consume(limiters(deps).confirmation, address, email)
}

/** For actions that are silently dropped after too many of them. */
export function unlessTooMany(error: unknown): false {
  if (error instanceof Problem && error.code === 'RATE_LIMITED') return false
  throw error
}

async function consume(pair: Pair, address: string | null, email: string): Promise<void> {
  const keys = keysOf(address, email)
  const results = await Promise.allSettled([
    keys.address === null ? null : pair.address.consume(keys.address),
    pair.account.consume(keys.account),
  ])
  for (const result of results) {
    if (result.status === 'fulfilled') continue
    throw result.reason instanceof RateLimiterRes ? refusal(result.reason.msBeforeNext) : result.reason
  }
}

type Counter = { points: number; msLeft: number }

/** All counters that a sign-in checks, in one statement. */
async function readCounters({ pool }: LimitsDeps, names: string[]): Promise<Map<string, Counter>> {
  const now = Date.now()
  const found = await pool.query<{ key: string; points: number; expire: string }>(
    'select key, points, expire from rate_limits where key = any ($1) and expire > $2',
    [names, now],
  )
  return new Map(found.rows.map(({ key, points, expire }) => [key, { points, msLeft: Number(expire) - now }]))
}

function unlessOver(error: unknown): void {
  if (!(error instanceof RateLimiterRes)) throw error
}

function refusal(msLeft: number) {
  return tooMany('Too many attempts. Try again later.', msLeft / 1_000)
}

/**
 * An IPv6 network (/64) counts as one address: anyone who has one of its addresses has all. Emails are stored as
 * hashes.
 */
function keysOf(address: string | null, email: string): { address: string | null; account: string } {
  return { address: address && networkOf(address), account: accountKey(email) }
}

/** The name of an account, registered or not, in the counters and the hashing queue. */
export function accountKey(email: string): string {
  return createHash('sha256').update(email).digest('base64url')
}
