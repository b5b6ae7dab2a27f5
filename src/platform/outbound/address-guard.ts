import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { remembered } from './remembered'

/** Which addresses tools may call. `allowedHosts` are `host:port`, in lower case, IPv6 without brackets. */
export type AddressPolicy = { production: boolean; allowedHosts: ReadonlySet<string> }

/** The policy from the configuration. */
export function addressPolicy(config: {
  production: boolean
  toolAllowedHosts: readonly string[]
}): AddressPolicy {
  const allowedHosts = new Set(
    config.toolAllowedHosts.map((entry) => entry.toLowerCase().replace(/[[\]]/g, '')),
  )
  return { production: config.production, allowedHosts }
}

/** Why an endpoint that an admin enters, or that is about to be called, is not allowed; null if it is. */
export function checkEndpoint(endpoint: string, policy: AddressPolicy): string | null {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null
  if (!url || !/^https?:$/.test(url.protocol)) return 'An http:// or https:// address is required'
  if (url.username || url.password) return 'A password in the address would be shown: use a secret header'
  const host = bareHost(url.hostname)
  if (isAllowedHost(host, url.port, url.protocol, policy)) return null
  if (policy.production && url.protocol !== 'https:')
    return 'In production an endpoint is https, or in TOOL_ALLOWED_HOSTS'
  if (isIP(host) ? mayConnect(host, policy) : !(policy.production && isLocalName(host))) return null
  return 'This address is not a public one: name its host:port in TOOL_ALLOWED_HOSTS to allow it'
}

const faults = new WeakMap<AddressPolicy, (endpoint: string) => string | null>()

/** The same with a cache, for an endpoint that is called often. */
export function endpointFault(endpoint: string, policy: AddressPolicy): string | null {
  const known = faults.get(policy) ?? remembered((one) => checkEndpoint(one, policy))
  faults.set(policy, known)
  return known(endpoint)
}

/** Whether TOOL_ALLOWED_HOSTS names this host and port. Such a host may have any address and use http. */
export function isAllowedHost(host: string, port: string, protocol: string, policy: AddressPolicy): boolean {
  return policy.allowedHosts.has(`${host}:${port || (protocol === 'https:' ? '443' : '80')}`)
}

/** Whether a connection to this address is allowed: public addresses, and outside production also local ones. */
export function mayConnect(address: string, policy: AddressPolicy): boolean {
  return isPublicAddress(address) || (!policy.production && isLocalAddress(address))
}

/**
 * Whether an upstream may be asked to fetch this URL for a caller: only http(s) or data, and no host that is written as an
 * address of the upstream's own network, whatever TOOL_ALLOWED_HOSTS says. An invalid URL is not fetched.
 */
export function mayBeFetched(address: string, { production }: AddressPolicy): boolean {
  const url = URL.canParse(address) ? new URL(address) : null
  if (!url) return true
  if (!/^https?:$/.test(url.protocol)) return url.protocol === 'data:'
  const host = bareHost(url.hostname)
  if (isIP(host)) return mayConnect(host, { production, allowedHosts: new Set() })
  return !(production && isLocalName(host))
}

/**
 * Whether an address is reached over the public internet. Every other range is refused: private, loopback,
 * link-local (cloud metadata), carrier-grade NAT, multicast, documentation, benchmarking, tunnels, reserved.
 * An IPv4 address inside IPv6 (mapped, NAT64) is checked as IPv4. An invalid address is not public.
 */
export function isPublicAddress(address: string): boolean {
  const parsed = parseAddress(address)
  if (parsed?.range() !== 'unicast') return false
  if (parsed.kind() === 'ipv4') return parsed.toString() !== AZURE_PLATFORM
  const first = (parsed as ipaddr.IPv6).parts[0] ?? 0
  const second = (parsed as ipaddr.IPv6).parts[1] ?? 0
  const isDocumentation = first === 0x3fff && second < 0x1000
  return first >= 0x2000 && first <= 0x3fff && !isDocumentation
}

/** Whether an address belongs to this machine or its network: loopback, private, unique local. */
export function isLocalAddress(address: string): boolean {
  return ['loopback', 'private', 'uniqueLocal'].includes(parseAddress(address)?.range() ?? '')
}

/** A URL's host in the form that the guard compares: lower case, no brackets, no dot at its end. */
export function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}

/** Azure's platform service, which virtual machines reach at this public-looking address. */
const AZURE_PLATFORM = '168.63.129.16'

/** The address, unwrapped if IPv6 contains IPv4; null if node:net does not accept it. */
function parseAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (isIP(address) === 0 || address.includes('%')) return null
  const parsed = ipaddr.parse(address)
  if (parsed.kind() === 'ipv4') return parsed
  const six = parsed as ipaddr.IPv6
  const carriesIPv4 = six.isIPv4MappedAddress() || six.range() === 'rfc6052'
  return carriesIPv4 ? new ipaddr.IPv4(six.toByteArray().slice(12)) : six
}

function isLocalName(host: string): boolean {
  return !host.includes('.') || /\.(localhost|local|internal|lan|home\.arpa)$/.test(host)
}
