import { isIP } from 'node:net'

/**
 * The address of the caller. With `hops` trusted proxies in front, each appends the address that it saw, so
 * the caller's is the `hops`-th from the end of X-Forwarded-For; whatever stands left of it is hearsay.
 * Null where nothing is known.
 */
export function clientAddress(headers: Headers, remoteAddress: string | null, hops: number): string | null {
  const socketAddress = plain(remoteAddress ?? '')
  if (hops === 0) return socketAddress
  const forwarded = (headers.get('x-forwarded-for') ?? '').split(',')
  const claimed = plain(forwarded.at(-Math.min(hops, forwarded.length)) ?? '')
  return claimed ?? socketAddress
}

/** The bare address: no port, no brackets, IPv4 also where it came mapped into IPv6; null for anything else. */
function plain(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^\[(.+)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/^::ffff:(?=\d+\.)/i, '')
  return isIP(bare) === 0 ? null : bare
}
