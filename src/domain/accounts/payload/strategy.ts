import type { AuthStrategy, Payload, PayloadRequest } from 'payload'
import { noteCaller } from '../../../platform/payload/request-context'
import { runtime } from '../../../platform/runtime/runtime'
import { type Credential, readCredential } from '../credential'
import { findPrincipal } from '../principal'
import { ACCESS, readSignInCookie } from './cookies'
import { hasCredential, isFromElsewhere } from './origin'
import { toPayloadUser } from './user'

/**
 * How the generated API and the panel know who is calling: by the same credential and the same statement as the
 * versioned API, and also by the panel's cookie (with Payload's own check of the origin).
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

/** The credential of a request to the generated API: as in the versioned API, or the panel's cookie. */
export async function requestCredential(
  headers: Headers,
  payload: Pick<Payload, 'config'>,
  secret: string,
): Promise<Credential | null> {
  return readCredential(await withCookie(headers, payload), secret)
}

type AuthenticatedUser = NonNullable<PayloadRequest['user']>

/**
 * The headers unchanged; if they have no credential, with the cookie's token as the bearer. The cookie is not read if
 * another site's page made the request.
 */
async function withCookie(headers: Headers, { config }: Pick<Payload, 'config'>): Promise<Headers> {
  if (hasCredential(headers)) return withBearer(headers)
  if (!config.auth.jwtOrder.includes('cookie') || isFromElsewhere({ headers }, config.csrf)) return headers
  const token = await readSignInCookie(config, headers, ACCESS)
  return token ? new Headers({ authorization: `Bearer ${token}` }) : headers
}

/** `JWT x` is Payload's own spelling of a bearer token. */
function withBearer(headers: Headers): Headers {
  const token = /^JWT (.+)$/.exec(headers.get('authorization') ?? '')?.[1]
  return token && !headers.get('x-api-key') ? new Headers({ authorization: `Bearer ${token}` }) : headers
}
