import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { derivedKey } from './keys'

/** How many days a browser stays known after its last sign-in. */
export const BROWSER_DAYS = 365
/** A browser remembers the accounts that signed in most recently. */
const MOST_ACCOUNTS = 5

const PROOF = /^[A-Za-z0-9_-]{22}\.[0-9a-z]{1,10}\.[A-Za-z0-9_-]{43}$/

/**
 * The value of the cookie that says which accounts signed in with this browser, with one more added. Each proof is
 * random, dated and signed for that one account. It names no account and signs nobody in: it only permits attempts to
 * sign in to an account that is closed to unknown networks.
 */
export function withBrowserProof(
  secret: string,
  cookie: string | null,
  userId: string,
  nowMs = Date.now(),
): string {
  const others = proofsIn(cookie).filter((proof) => !isProofOf(secret, proof, userId, nowMs))
  const body = `${randomBytes(16).toString('base64url')}.${Math.floor(nowMs / 1_000).toString(36)}`
  return [`${body}.${signature(secret, body, userId)}`, ...others.slice(0, MOST_ACCOUNTS - 1)].join('~')
}

/** The key under which this account's failures with this browser are counted; null if it never signed in with it. */
export function trustedBrowser(
  secret: string,
  cookie: string | null | undefined,
  userId: string,
  nowMs = Date.now(),
): string | null {
  const proof = proofsIn(cookie ?? null).find((one) => isProofOf(secret, one, userId, nowMs))
  return proof?.split('.')[0] ?? null
}

function proofsIn(cookie: string | null): string[] {
  return (cookie ?? '').split('~', MOST_ACCOUNTS).filter((proof) => PROOF.test(proof))
}

function isProofOf(secret: string, proof: string, userId: string, nowMs: number): boolean {
  const [nonce, at = '', signed = ''] = proof.split('.')
  const expected = signature(secret, `${nonce}.${at}`, userId)
  if (!timingSafeEqual(Buffer.from(signed), Buffer.from(expected))) return false
  return Number.parseInt(at, 36) * 1_000 > nowMs - BROWSER_DAYS * 86_400_000
}

function signature(secret: string, body: string, userId: string): string {
  const key = derivedKey(secret, 'known-browser')
  return createHmac('sha256', key).update(`${body}.${userId}`).digest('base64url')
}
