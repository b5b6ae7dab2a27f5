/** The target of a request, with its secrets: an error may repeat none of it. */
export type SentTo = { baseUrl: string; headers: Record<string, string>; secrets: readonly string[] }

const MOST_SAID = 500
/** The most characters that are read of a text, because some patterns need quadratic time. */
const MOST_READ = 2 * MOST_SAID
const HIDDEN = '***'

/** Keys in their usual formats: providers may repeat a part of them. */
const KEYS = /\b(?:sk|pk|rk)-[\w*-]{4,}|\bAIza[\w*-]{8,}|\bBearer\s+\S+|\beyJ[\w-]{10,}\.[\w.-]+/gi
const ADDRESSES =
  /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b|\[(?:[0-9a-f]{0,4}:){2,}[0-9a-f.]*\](?::\d{1,5})?|(?<![\w:])::1\b|\blocalhost(?::\d{1,5})?\b|\b(?:[\w-]+\.)+(?:internal|local|localdomain|lan|corp|intranet|svc)\b(?::\d{1,5})?/gi
const LINKS = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>)\]]+/gi
const PATHS = /(?<![\w.])\/(?:home|usr|var|opt|root|app|srv|etc|tmp|mnt|data|workspace)\/[^\s"':,)]+/g

/**
 * A provider's message in a form that a caller may read: on one line, without the secrets that were sent to it, without
 * keys, network addresses and file paths, and with a maximum length. It is cut last: an earlier cut could leave a part of a
 * secret, which would not be recognised.
 */
export function quotable(text: string, target: SentTo): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\s]+/gu, ' ').trim()
  const clean = secretsOf(target).reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), line)
  const open = beginOf(clean)
    .replace(KEYS, HIDDEN)
    .replace(LINKS, (link) => (isPublic(link, target) ? link : HIDDEN))
    .replace(ADDRESSES, HIDDEN)
    .replace(PATHS, HIDDEN)
    .replaceAll(new URL(target.baseUrl).host, HIDDEN)
    .replaceAll(new URL(target.baseUrl).hostname, HIDDEN)
  return open.length > MOST_SAID ? `${cut(open, MOST_SAID - 1)}…` : open
}

/** The beginning of the message that is read. The rest could be shown only if nearly all text before it was removed. */
function beginOf(text: string): string {
  if (text.length <= MOST_READ) return text
  const end = text.lastIndexOf(' ', MOST_READ)
  return `${end >= MOST_SAID ? text.slice(0, end) : cut(text, MOST_READ)} …`
}

function secretsOf({ headers, secrets }: SentTo): string[] {
  const values = Object.entries(headers)
    .filter(([name]) => name !== 'user-agent')
    .flatMap(([, value]) => [value, value.replace(/^[a-z]+ /i, '')])
    .filter((value) => value.length >= 6)
  return [...secrets, ...values].sort((a, b) => b.length - a.length)
}

/** Links to a provider's own pages help. Addresses from the admin, and network addresses, are never shown. */
function isPublic(link: string, { baseUrl }: SentTo): boolean {
  if (!URL.canParse(link)) return false
  const { hostname, username, protocol } = new URL(link)
  const isWeb = protocol === 'https:' && /^[a-z0-9.-]+\.[a-z]{2,}$/i.test(hostname)
  return isWeb && username === '' && hostname !== new URL(baseUrl).hostname
}

/** Never cuts within a surrogate pair. */
function cut(text: string, at: number): string {
  const code = text.charCodeAt(at - 1)
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? at - 1 : at)
}
