import ipaddr from 'ipaddr.js'

/** The network of a request whose address the hub does not know. It is locked like any other, and never remembered. */
export const UNKNOWN_NETWORK = '::/128'

/** The address, an IPv4 one also where it came mapped into IPv6; of IPv6 the first 64 bits. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address.slice(0, 64)
  const parsed = ipaddr.process(address)
  return parsed instanceof ipaddr.IPv6
    ? `${parsed.parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(':')}::/64`
    : parsed.toString()
}

/** The network that a request comes from, as the tables keep it: an IPv4 address, or the /64 of an IPv6 one. */
export function networkOrUnknown(address: string | null): string {
  return address !== null && ipaddr.isValid(address) ? networkOf(address) : UNKNOWN_NETWORK
}
