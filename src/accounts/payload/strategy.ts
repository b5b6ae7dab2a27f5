import type { AuthStrategy, PayloadRequest } from 'payload'
import { extractJWT } from 'payload'
import { noteCaller } from '../../request-context'
import { runtime } from '../../runtime'
import { type Credential, readCredential } from '../credential'
import { findPrincipal } from '../principal'
import { toPayloadUser } from './user'

/**
 * How the generated API and the panel know who is calling: the same credential and the same statement as the
 * versioned API, and besides those the panel's cookie (with Payload's own check of the origin).
 */
export const hubStrategy: AuthStrategy = {
  name: 'hub',
  authenticate: async ({ headers, payload }) => {
    const { pool, secret } = runtime()
    const credential = await requestCredential(headers, payload, secret)
    const principal = credential ? await findPrincipal(pool, credential, null) : null
    if (principal) noteCaller(headers, principal.userId)
    return { user: principal ? (toPayloadUser(principal) as unknown as AuthenticatedUser) : null }
  },
}

/** What a request of the generated API signs in with: as in the versioned API, or the panel's cookie. */
export async function requestCredential(
  headers: Headers,
  payload: Parameters<typeof extractJWT>[0]['payload'],
  secret: string,
): Promise<Credential | null> {
  return readCredential(await withCookie(headers, payload), secret)
}

type AuthenticatedUser = NonNullable<PayloadRequest['user']>

/** The headers as they are; where they carry no credential, with the cookie's token as the bearer. */
async function withCookie(
  headers: Headers,
  payload: Parameters<typeof extractJWT>[0]['payload'],
): Promise<Headers> {
  if (headers.get('x-api-key') || /^bearer /i.test(headers.get('authorization') ?? '')) return headers
  const token = extractJWT({ headers, payload })
  return token ? new Headers({ authorization: `Bearer ${token}` }) : headers
}
