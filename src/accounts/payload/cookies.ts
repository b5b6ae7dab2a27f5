import type { PayloadRequest } from 'payload'
import { parseCookies } from 'payload'
import { runtime } from '../../runtime'

const ACCESS = 'payload-token'
const REFRESH = 'payload-refresh'

/** The panel keeps its two tokens in cookies that no script can read; the refresh token goes to its paths only. */
export function tokenCookies(tokens: { accessToken: string; refreshToken: string }): string[] {
  const { config } = runtime()
  return [
    cookie(ACCESS, tokens.accessToken, '/', config.accessTokenMinutes * 60),
    cookie(REFRESH, tokens.refreshToken, '/api', config.refreshTokenDays * 86_400),
  ]
}

/** Makes a browser forget both. */
export function clearedCookies(): string[] {
  return [cookie(ACCESS, '', '/', 0), cookie(REFRESH, '', '/api', 0)]
}

/** The refresh token of the browser that is calling; null where there is none or the request comes from another site. */
export function refreshCookie(req: PayloadRequest): string | null {
  const origin = req.headers.get('origin')
  const allowed = req.payload.config.csrf
  if (origin && allowed.length > 0 && !allowed.includes(origin)) return null
  return parseCookies(req.headers).get(REFRESH) || null
}

function cookie(name: string, value: string, path: string, maxAgeSeconds: number): string {
  const secure = runtime().config.hubUrl.startsWith('https:') ? '; Secure' : ''
  return `${name}=${value}; Path=${path}; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure}`
}
