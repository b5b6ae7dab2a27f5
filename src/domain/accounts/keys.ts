import { createHash, hkdfSync, randomBytes } from 'node:crypto'

type Purpose = 'access-token' | 'refresh-successor' | 'known-browser'

/**
 * A separate 256-bit key for each purpose, derived from the hub's secret. Payload signs with the secret itself, so a
 * token signed here is never valid as one of Payload's, and the reverse.
 */
export function derivedKey(secret: string, purpose: Purpose): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `hub:${purpose}`, 32))
}

/** 256 random bits, safe in a URL: 43 characters. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

/** The SHA-256 of a token, as the tables store it. Tokens are random, so the hash needs no salt. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** True for text that has the shape of `randomToken`; any other text is refused without a query. */
export function isToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text)
}
