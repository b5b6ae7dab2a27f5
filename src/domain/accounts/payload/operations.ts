import type { PayloadRequest } from 'payload'
import { Problem } from '../../../platform/kernel/problem'
import { isAdminRequest } from '../../../platform/payload/access'
import { caller, type HubUser } from '../../../platform/payload/caller'
import { runtime } from '../../../platform/runtime/runtime'
import { payloadBy } from '../../audit/payload-by'
import { login } from '../login'
import { logout } from '../logout'
import { findPrincipal } from '../principal'
import { refresh } from '../refresh'
import { requestPasswordReset, resetPassword } from '../reset-password'
import type { TokenPair } from '../token-pair'
import { readAccessToken } from '../tokens'
import { unlockAccount } from '../unlock'
import { browserCookie, clearedCookies, REFRESH, readSignInCookie, tokenCookies } from './cookies'
import { accountsDeps, signInOrigin } from './deps'
import { requireTrustedOrigin } from './origin'
import { toPayloadUser } from './user'

/** What Payload's panel expects from a sign-in, with the cookies that contain it. */
export type SignedIn = { user: Record<string, unknown>; token: string; exp: number; cookies: string[] }

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Signs in by email and password, like `POST /api/v1/auth/login`. Throws the same `Problem`s. */
export async function signIn(req: PayloadRequest, data: Record<string, unknown>): Promise<SignedIn> {
  requireTrustedOrigin({ headers: req.headers, method: 'POST' }, req.payload.config)
  const given = { email: text(data.email), password: text(data.password) }
  return signedIn(req, await login(accountsDeps(), given, signInOrigin(req)))
}

/** Returns a new pair for the browser's refresh token, by the same rotation as the versioned API. Throws UNAUTHORIZED. */
export async function rotate(req: PayloadRequest): Promise<SignedIn> {
  requireTrustedOrigin({ headers: req.headers, method: 'POST' }, req.payload.config)
  const token = await readSignInCookie(req.payload.config, req.headers, REFRESH)
  if (!token) throw new Problem('UNAUTHORIZED', 'Sign in: there is no session to renew')
  return signedIn(req, await refresh(accountsDeps(), token, null, signInOrigin(req)))
}

/** Ends the calling session; its tokens stop working at once. Returns the cookies that clear the browser's. */
export async function signOut(req: PayloadRequest): Promise<string[]> {
  requireTrustedOrigin({ headers: req.headers, method: 'POST' }, req.payload.config)
  const me = caller(req)
  if (me?.sessionId) {
    await logout(accountsDeps(), { userId: me.id, sessionId: me.sessionId }, null, null, payloadBy(req))
  }
  return clearedCookies(req.payload.config)
}

/** Queues the mail with the reset link; returns nothing, so that nobody learns whether the account exists. */
export async function forgot(req: PayloadRequest, data: Record<string, unknown>): Promise<void> {
  await requestPasswordReset(accountsDeps(), { email: text(data.email) }, signInOrigin(req))
}

/** Sets a new password by a mailed token and ends every session. */
export async function reset(req: PayloadRequest, data: Record<string, unknown>): Promise<void> {
  const given = { token: text(data.token), newPassword: text(data.password) }
  await resetPassword(accountsDeps(), given, null, 'password', signInOrigin(req))
}

/** Lifts the lock that failed sign-ins put on an account. Admins only; an unknown email changes nothing. */
export async function unlock(req: PayloadRequest, data: Record<string, unknown>): Promise<void> {
  if (!isAdminRequest(req)) throw new Problem('FORBIDDEN', 'Only an admin may unlock an account')
  await unlockAccount(runtime().pool, text(data.email), payloadBy(req))
}

/** The caller's own document, as Payload shows it to them. */
export async function ownDocument(req: PayloadRequest, me: HubUser): Promise<Record<string, unknown>> {
  const found = await req.payload.findByID({
    collection: 'users',
    id: me.id,
    depth: 0,
    user: me,
    overrideAccess: false,
  })
  return { ...(found as unknown as Record<string, unknown>), collection: 'users', _strategy: me._strategy }
}

async function signedIn(req: PayloadRequest, pair: TokenPair): Promise<SignedIn> {
  const { pool, secret } = runtime()
  const claims = await readAccessToken(pair.accessToken, secret, null)
  const principal =
    claims &&
    (await findPrincipal(pool, { kind: 'session', sessionId: claims.sessionId, userId: claims.userId }, null))
  if (!principal || !claims) throw new Problem('UNAUTHORIZED', 'The session has ended')
  const user = toPayloadUser(principal)
  req.user = user as unknown as PayloadRequest['user']
  return {
    user: await ownDocument(req, user),
    token: pair.accessToken,
    exp: Math.floor(claims.expiresAtMs / 1000),
    cookies: [
      ...tokenCookies(req.payload.config, pair),
      browserCookie(req.payload.config, req.headers, principal.userId),
    ],
  }
}
