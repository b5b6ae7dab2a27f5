import { randomBytes } from 'node:crypto'
import { clientAddress } from '../kernel/client-address'
import { perProcess } from '../kernel/process'
import { runtime } from '../runtime/runtime'

/**
 * The header in which the hub's server hands the caller's address to Payload's handlers. Its name is drawn at
 * each start, so that no caller can set it.
 */
export const addressHeader = (): string =>
  perProcess('address-header', () => `x-hub-address-${randomBytes(16).toString('hex')}`)

/**
 * Where a request that Payload answers comes from: what the hub's server noted, and on a plain Next host what
 * trusted proxies say. Null where nothing is known.
 */
export function callerAddress(headers: Headers): string | null {
  return headers.get(addressHeader()) ?? clientAddress(headers, null, runtime().config.trustProxy)
}
