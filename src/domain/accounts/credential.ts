import { apiKeyHash, hasApiKeyPrefix, isApiKey } from './api-key-format'
import { isRefusedKey } from './refused-keys'
import { readAccessToken } from './tokens'

/** What a caller sent, checked as far as possible without a query. */
export type Credential =
  | { kind: 'session'; sessionId: string; userId: string }
  | { kind: 'api-key'; keyHash: string }

/**
 * The credential in the headers: `Authorization: Bearer <access token or API key>`, or `X-API-Key: <key>`. Returns
 * null for no credential, for two, and for an invalid, expired or recently refused one. It runs no query;
 * `findPrincipal` or admission checks whether the session or key is still live.
 */
export async function readCredential(
  headers: Headers,
  secret: string,
  now: Date | null = null,
): Promise<Credential | null> {
  const authorization = headers.get('authorization')
  const keyHeader = headers.get('x-api-key')
  if (authorization !== null && keyHeader !== null) return null
  if (keyHeader !== null) return apiKeyCredential(keyHeader.trim())
  const token = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) return null
  return hasApiKeyPrefix(token) ? apiKeyCredential(token) : sessionCredential(token, secret, now)
}

/** The session that an access token names; null if the token is not a live one of ours. */
export async function sessionCredential(
  token: string,
  secret: string,
  now: Date | null = null,
): Promise<Credential | null> {
  const claims = await readAccessToken(token, secret, now)
  return claims && { kind: 'session', sessionId: claims.sessionId, userId: claims.userId }
}

function apiKeyCredential(key: string): Credential | null {
  if (!isApiKey(key)) return null
  const keyHash = apiKeyHash(key)
  return isRefusedKey(keyHash) ? null : { kind: 'api-key', keyHash }
}
