import { parseCookies, type SanitizedConfig } from 'payload'
import { runtime } from '../../../platform/runtime/runtime'
import { BROWSER_DAYS, withBrowserProof } from '../browser'
import { readsOldNames } from './old-cookies'

/** The parts of Payload's configuration that the hub needs to name a cookie. */
export type CookieHost = Pick<SanitizedConfig, 'cookiePrefix' | 'custom' | 'collections'>

/** A cookie of the hub: the end of its name, and the path for which browsers send it. */
export type HubCookie = { suffix: string; path: '/' | '/api' }

export const ACCESS: HubCookie = { suffix: 'token', path: '/' }
export const REFRESH: HubCookie = { suffix: 'refresh', path: '/api' }
/** Which accounts signed in with this browser. It signs nobody in, and stays after they sign out. */
export const BROWSER: HubCookie = { suffix: 'browser', path: '/api' }

/** The key under which the plugin notes that the host chose the prefix of its cookies. */
export const HOST_PREFIX = 'hubCookiePrefixOfHost'
const DEFAULT_PREFIX = 'payload'

/**
 * The name of a cookie. A browser accepts `__Host-` and `__Secure-` only over https, and `__Host-` only from this
 * very host, so that no neighbouring host can plant one. A prefix or a domain that the host set does not change.
 */
export function cookieName(host: CookieHost, { suffix, path }: HubCookie): string {
  const name = `${host.cookiePrefix}-${suffix}`
  if (!isHttps() || isNamedByHost(host)) return name
  return `${path === '/' ? '__Host-' : '__Secure-'}${name}`
}

/** The header line that sets a cookie which no script can read. */
export function setCookie(host: CookieHost, cookie: HubCookie, value: string, maxAgeSeconds: number): string {
  return line(host, cookieName(host, cookie), cookie, value, maxAgeSeconds)
}

/** The value of a cookie under its current name; null without one. */
export function readCookie(host: CookieHost, headers: Headers, cookie: HubCookie): string | null {
  return parseCookies(headers).get(cookieName(host, cookie)) || null
}

/** Like `readCookie`; for the life of one refresh token after the names changed, it also reads the old name. */
export async function readSignInCookie(
  host: CookieHost,
  headers: Headers,
  cookie: HubCookie,
): Promise<string | null> {
  const value = readCookie(host, headers, cookie)
  if (value !== null) return value
  const old = oldName(host, cookie)
  const before = old && parseCookies(headers).get(old)
  return before && (await readsOldNames()) ? before : null
}

/** The panel keeps its two tokens in cookies that no script can read; the refresh token is sent only to its own path. */
export function tokenCookies(
  host: CookieHost,
  tokens: { accessToken: string; refreshToken: string },
): string[] {
  const { config } = runtime()
  return [
    setCookie(host, ACCESS, tokens.accessToken, config.accessTokenMinutes * 60),
    setCookie(host, REFRESH, tokens.refreshToken, config.refreshTokenDays * 86_400),
    ...clearedOldNames(host),
  ]
}

/** Makes a browser known to an account that has just signed in with it. */
export function browserCookie(host: CookieHost, headers: Headers, userId: string): string {
  const value = withBrowserProof(runtime().secret, readCookie(host, headers, BROWSER), userId)
  return setCookie(host, BROWSER, value, BROWSER_DAYS * 86_400)
}

/** Makes a browser delete both token cookies. */
export function clearedCookies(host: CookieHost): string[] {
  return [setCookie(host, ACCESS, '', 0), setCookie(host, REFRESH, '', 0), ...clearedOldNames(host)]
}

/** Whether the request has a cookie that signs in, under its current or its old name. */
export function hasSignInCookie(host: CookieHost, headers: Headers): boolean {
  if (!headers.has('cookie')) return false
  const sent = parseCookies(headers)
  return [ACCESS, REFRESH].some((cookie) =>
    [cookieName(host, cookie), oldName(host, cookie)].some((name) => name !== null && sent.has(name)),
  )
}

function clearedOldNames(host: CookieHost): string[] {
  return [ACCESS, REFRESH].flatMap((cookie) => {
    const name = oldName(host, cookie)
    return name === null ? [] : [line(host, name, cookie, '', 0)]
  })
}

/** The name that the cookie had before it got its prefix; null if it has no prefix. */
function oldName(host: CookieHost, cookie: HubCookie): string | null {
  const plain = `${host.cookiePrefix}-${cookie.suffix}`
  return plain === cookieName(host, cookie) ? null : plain
}

function line(
  host: CookieHost,
  name: string,
  { path }: HubCookie,
  value: string,
  maxAgeSeconds: number,
): string {
  const domain = cookieDomain(host)
  const attributes = [`Path=${path}`, 'HttpOnly', 'SameSite=Lax', `Max-Age=${maxAgeSeconds}`]
  if (domain) attributes.push(`Domain=${domain}`)
  if (isHttps()) attributes.push('Secure')
  return [`${name}=${value}`, ...attributes].join('; ')
}

const isHttps = () => runtime().config.hubUrl.startsWith('https:')

const cookieDomain = (host: CookieHost): string | undefined =>
  host.collections.find(({ slug }) => slug === 'users')?.auth.cookies?.domain || undefined

function isNamedByHost(host: CookieHost): boolean {
  return (
    host.cookiePrefix !== DEFAULT_PREFIX || host.custom?.[HOST_PREFIX] === true || Boolean(cookieDomain(host))
  )
}
