import { randomBytes } from 'node:crypto'
import { clientAddress } from '../kernel/client-address'
import { perProcess } from '../kernel/process'
import { runtime } from '../runtime/runtime'

/**
 * The header in which the hub's server passes the caller's address to Payload's handlers. Its name is random for
 * each start, so that no caller can set it.
 */
export const addressHeader = (): string =>
  perProcess('address-header', () => `x-hub-address-${randomBytes(16).toString('hex')}`)

/**
 * The caller's address for a request that Payload handles: from the hub's server, or on a plain Next host from trusted
 * proxies. Null if it is unknown.
 */
export function callerAddress(headers: Headers): string | null {
  return headers.get(addressHeader()) ?? clientAddress(headers, null, runtime().config.trustProxy)
}
