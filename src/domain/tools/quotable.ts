/** Where something was sent, with what: none of it may be said back. */
export type SentTo = { baseUrl: string; headers: Record<string, string>; secrets: readonly string[] }

const MOST_SAID = 500
/** What is looked at of a text. Some patterns take time with the square of its length. */
const MOST_READ = 2 * MOST_SAID
const HIDDEN = '***'

/** Keys by their usual shapes, as providers repeat them in part. */
const KEYS = /\b(?:sk|pk|rk)-[\w*-]{4,}|\bAIza[\w*-]{8,}|\bBearer\s+\S+|\beyJ[\w-]{10,}\.[\w.-]+/gi
const ADDRESSES =
  /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b|\[(?:[0-9a-f]{0,4}:){2,}[0-9a-f.]*\](?::\d{1,5})?|(?<![\w:])::1\b|\blocalhost(?::\d{1,5})?\b|\b(?:[\w-]+\.)+(?:internal|local|localdomain|lan|corp|intranet|svc)\b(?::\d{1,5})?/gi
const LINKS = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>)\]]+/gi
const PATHS = /(?<![\w.])\/(?:home|usr|var|opt|root|app|srv|etc|tmp|mnt|data|workspace)\/[^\s"':,)]+/g

/**
 * What a provider says, as a caller may read it: on one line, without the secrets that were sent to it, without keys,
 * addresses of a network and places on its disk, and then cut. A cut before would leave a part of a secret, which nothing
 * finds.
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

/** The words that are looked at, where there are such; what follows could be said only if nearly all before it is hidden. */
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

/** A provider's own pages help; an address that the admin gave, or one of a network, is nobody's. */
function isPublic(link: string, { baseUrl }: SentTo): boolean {
  if (!URL.canParse(link)) return false
  const { hostname, username, protocol } = new URL(link)
  const isWeb = protocol === 'https:' && /^[a-z0-9.-]+\.[a-z]{2,}$/i.test(hostname)
  return isWeb && username === '' && hostname !== new URL(baseUrl).hostname
}

/** Not within a character of two halves. */
function cut(text: string, at: number): string {
  const code = text.charCodeAt(at - 1)
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? at - 1 : at)
}
