import type { SanitizedConfig } from 'payload'
import { Problem } from '../../../platform/kernel/problem'
import { hasSignInCookie } from './cookies'

/** `method` undefined: a request that only reads. */
type Asked = { headers: Headers; method?: string | undefined }

/**
 * Whether a page of another site made this request. A browser reports the source of a request in `Origin` or
 * `Sec-Fetch-Site`, which no page can forge; a request without both comes from a program. A user who follows a link
 * comes from another site and is admitted: a navigation only reads.
 */
export function isFromElsewhere(asked: Asked, trusted: readonly string[]): boolean {
  const { headers } = asked
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  if (site === 'same-origin') return false
  if (origin !== null) return !trusted.includes(origin)
  if (site === null || site === 'none' || isNavigation(asked)) return false
  return !trusted.includes(refererOrigin(headers))
}

/** Of the whole page, not of a frame in it. */
function isNavigation({ headers, method = 'GET' }: Asked): boolean {
  if (!READS.includes(method.toUpperCase())) return false
  const isWhole = ['document', null].includes(headers.get('sec-fetch-dest'))
  return isWhole && headers.get('sec-fetch-mode') === 'navigate'
}

const READS = ['GET', 'HEAD']

/** A trusted page that shows an image of the hub sends no `Origin`, but its `Referer` names its origin. */
function refererOrigin(headers: Headers): string {
  try {
    return new URL(headers.get('referer') ?? '').origin
  } catch {
    return ''
  }
}

/** Whether the request has a credential that no browser adds by itself: then its cookies are not read. */
export function hasCredential(headers: Headers): boolean {
  return Boolean(headers.get('x-api-key')) || /^(bearer|jwt) /i.test(headers.get('authorization') ?? '')
}

/**
 * Throws FORBIDDEN for a request from another site's page. For every request that sets cookies: such a page could
 * sign a user in to somebody else's account.
 */
export function requireTrustedOrigin(asked: Asked, { csrf }: Pick<SanitizedConfig, 'csrf'>): void {
  if (!isFromElsewhere(asked, csrf)) return
  throw new Problem(
    'FORBIDDEN',
    'This request comes from another site. Send it from the hub itself, or add its origin to CORS_ORIGINS.',
  )
}

/** Like `requireTrustedOrigin`, but only for a request that its cookies sign in. */
export function requireOwnCookies(asked: Asked, config: SanitizedConfig): void {
  if (asked.method?.toUpperCase() === 'OPTIONS' || hasCredential(asked.headers)) return
  if (hasSignInCookie(config, asked.headers)) requireTrustedOrigin(asked, config)
}
