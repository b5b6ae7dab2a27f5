import type { Endpoint, PayloadHandler, PayloadRequest } from 'payload'
import { addDataAndFileToRequest } from 'payload'
import { Problem } from '../../../platform/kernel/problem'
import { caller } from '../../../platform/payload/caller'
import { ACCESS, readSignInCookie } from './cookies'
import { forgot, ownDocument, reset, rotate, type SignedIn, signIn, signOut, unlock } from './operations'

/** Payload's paths for accounts, each handled by the hub's own operation. They come before the built-in ones. */
export const accountEndpoints: Omit<Endpoint, 'root'>[] = [
  post('/login', async (req) => signedInAnswer(await signIn(req, await body(req)), 'Signed in')),
  post('/refresh-token', async (req) => refreshedAnswer(await rotate(req))),
  post('/logout', async (req) => answer({ message: 'Signed out' }, await signOut(req))),
  post('/forgot-password', async (req) => {
    await forgot(req, await body(req))
    return answer({ message: 'If the account exists, a mail is on its way' })
  }),
  post('/reset-password', async (req) => {
    await reset(req, await body(req))
    return answer({ message: 'The password is changed. Sign in with it.' })
  }),
  post('/unlock', async (req) => {
    await unlock(req, await body(req))
    return answer({ message: 'Unlocked' })
  }),
  post('/first-register', () => {
    throw new Problem(
      'FORBIDDEN',
      'The first admin is created at the first start, from ADMIN_EMAIL and ADMIN_PASSWORD if they are set',
    )
  }),
  post('/verify/:id', () => {
    throw new Problem('NOT_FOUND', 'Confirm an email address with POST /api/v1/auth/confirm-email/{token}')
  }),
  { path: '/me', method: 'get', handler: me },
]

function post(path: string, handler: PayloadHandler): Omit<Endpoint, 'root'> {
  return { path, method: 'post', handler }
}

async function me(req: PayloadRequest): Promise<Response> {
  const user = caller(req)
  if (!user) return answer({ user: null, message: 'Nobody is signed in' })
  const exp = await expiryOf(req)
  return answer({
    user: await ownDocument(req, user),
    collection: 'users',
    strategy: 'hub',
    ...(exp ? { exp } : {}),
  })
}

/** When the caller's access token expires, in seconds; the auth strategy has already verified the token. */
async function expiryOf(req: PayloadRequest): Promise<number | null> {
  const bearer = req.headers.get('authorization')?.split(' ')[1]
  const cookie = bearer ? null : await readSignInCookie(req.payload.config, req.headers, ACCESS)
  const claims = (bearer ?? cookie)?.split('.')[1]
  if (!claims) return null
  try {
    return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { exp?: number }).exp ?? null
  } catch {
    return null
  }
}

function signedInAnswer({ cookies, ...result }: SignedIn, message: string): Response {
  return answer({ message, ...result }, cookies)
}

function refreshedAnswer({ cookies, token, ...result }: SignedIn): Response {
  return answer({ message: 'Renewed', ...result, refreshedToken: token, setCookie: true }, cookies)
}

async function body(req: PayloadRequest): Promise<Record<string, unknown>> {
  await addDataAndFileToRequest(req)
  return (req.data as Record<string, unknown> | undefined) ?? {}
}

function answer(content: object, cookies: string[] = []): Response {
  const headers = new Headers({ 'cache-control': 'no-store' })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return Response.json(content, { headers })
}
