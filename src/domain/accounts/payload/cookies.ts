import { parseCookies, type SanitizedConfig } from 'payload'
import { runtime } from '../../../platform/runtime/runtime'
import { BROWSER_DAYS, withBrowserProof } from '../browser'
import { readsOldNames } from './old-cookies'

/** What the hub reads of Payload's configuration to name a cookie. */
export type CookieHost = Pick<SanitizedConfig, 'cookiePrefix' | 'custom' | 'collections'>

/** A cookie of the hub: the end of its name, and the paths that it is sent to. */
export type HubCookie = { suffix: string; path: '/' | '/api' }

export const ACCESS: HubCookie = { suffix: 'token', path: '/' }
export const REFRESH: HubCookie = { suffix: 'refresh', path: '/api' }
/** Which accounts signed in by this browser; it signs nobody in, and stays when they sign out. */
export const BROWSER: HubCookie = { suffix: 'browser', path: '/api' }

/** Where the plugin notes that the host chose the prefix of its cookies. */
export const HOST_PREFIX = 'hubCookiePrefixOfHost'
const DEFAULT_PREFIX = 'payload'

/**
 * The name of a cookie. Over https a browser takes `__Host-` and `__Secure-` only from this very host and only over
 * https, so that no neighbour can plant one. A prefix or a domain that a host set is left alone.
 */
export function cookieName(host: CookieHost, { suffix, path }: HubCookie): string {
  const name = `${host.cookiePrefix}-${suffix}`
  if (!isHttps() || isNamedByHost(host)) return name
  return `${path === '/' ? '__Host-' : '__Secure-'}${name}`
}

/** The line that sets a cookie which no script can read. */
export function setCookie(host: CookieHost, cookie: HubCookie, value: string, maxAgeSeconds: number): string {
  return line(host, cookieName(host, cookie), cookie, value, maxAgeSeconds)
}

/** The value of a cookie under its current name; null without one. */
export function readCookie(host: CookieHost, headers: Headers, cookie: HubCookie): string | null {
  return parseCookies(headers).get(cookieName(host, cookie)) || null
}

/** The same; for one refresh token's life after the names changed, also by the name of before. */
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

/** The panel keeps its two tokens in cookies that no script can read; the refresh token goes to its paths only. */
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

/** Makes a browser known to an account that has just signed in by it. */
export function browserCookie(host: CookieHost, headers: Headers, userId: string): string {
  const value = withBrowserProof(runtime().secret, readCookie(host, headers, BROWSER), userId)
  return setCookie(host, BROWSER, value, BROWSER_DAYS * 86_400)
}

/** Makes a browser forget both. */
export function clearedCookies(host: CookieHost): string[] {
  return [setCookie(host, ACCESS, '', 0), setCookie(host, REFRESH, '', 0), ...clearedOldNames(host)]
}

/** Whether the request carries a cookie that signs in, by its name of today or of before. */
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

/** The name that the cookie had before it got its prefix; null where it has none. */
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
