import { createHmac } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import { perProcess } from '../../platform/kernel/process'
import { derivedKey, randomToken } from './keys'

/** The content of an access token: the user, and the session. Everything else is looked up. */
export type AccessClaims = { userId: string; sessionId: string; expiresAtMs: number }

const REFRESH_PREFIX = 'jhr_'
const REFRESH_SHAPE = /^jhr_[A-Za-z0-9_-]{43}$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const MOST_TOKEN_CHARACTERS = 1_024
const MOST_REMEMBERED = 10_000

/** Signs an access token (JWT, HS256, a derived key) that expires `minutes` after `now`. */
export function signAccessToken(
  claims: { userId: string; sessionId: string },
  secret: string,
  minutes: number,
  now: Date | null = null,
): Promise<string> {
  const issuedAt = Math.floor((now?.getTime() ?? Date.now()) / 1_000)
  return new SignJWT({ sid: claims.sessionId })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(claims.userId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + minutes * 60)
    .sign(accessKey(secret))
}

/**
 * The content of a token if its signature is ours and it has not expired; null otherwise. A recently verified token
 * is not verified again; whether its session is live is always checked in the database.
 */
export async function readAccessToken(
  token: string,
  secret: string,
  now: Date | null = null,
): Promise<AccessClaims | null> {
  const atMs = now?.getTime() ?? Date.now()
  const key = accessKey(secret)
  const known = verified().get(token)
  if (known && known.key === key) return known.claims.expiresAtMs > atMs ? known.claims : null
  const claims = await verify(token, key, new Date(atMs))
  if (claims) verified().set(token, { key, claims })
  return claims
}

async function verify(token: string, key: Uint8Array, currentDate: Date): Promise<AccessClaims | null> {
  if (token.length > MOST_TOKEN_CHARACTERS) return null
  const options = { algorithms: ['HS256'], requiredClaims: ['sub', 'sid', 'exp'], currentDate }
  const payload = await jwtVerify(token, key, options).then(
    (result) => result.payload,
    () => null,
  )
  if (!payload?.exp || typeof payload.sid !== 'string' || typeof payload.sub !== 'string') return null
  if (!UUID.test(payload.sub) || !UUID.test(payload.sid)) return null
  return { userId: payload.sub, sessionId: payload.sid, expiresAtMs: payload.exp * 1_000 }
}

/** A new refresh token: 256 random bits after a prefix, so that scanners can find a leaked one. */
export function makeRefreshToken(): string {
  return REFRESH_PREFIX + randomToken()
}

/**
 * The one token that follows this one. It is computed, not random, so that a client that asks twice gets the same
 * token twice, and no second chain of tokens can begin.
 */
export function successorOf(refreshToken: string, secret: string): string {
  const key = derivedKey(secret, 'refresh-successor')
  return REFRESH_PREFIX + createHmac('sha256', key).update(refreshToken).digest('base64url')
}

/** True for text that has the shape of a refresh token; any other text is refused without a query. */
export function isRefreshToken(text: string): boolean {
  return REFRESH_SHAPE.test(text)
}

type Verified = { key: Uint8Array; claims: AccessClaims }

const verified = () =>
  perProcess('accounts.verified-tokens', () => new LRUCache<string, Verified>({ max: MOST_REMEMBERED }))

function accessKey(secret: string): Uint8Array {
  const keys = perProcess('accounts.access-keys', () => new Map<string, Uint8Array>())
  const known = keys.get(secret)
  if (known) return known
  const key = derivedKey(secret, 'access-token')
  keys.set(secret, key)
  return key
}
