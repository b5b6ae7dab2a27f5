import type { Origin } from '../../domain/accounts/deps'
import { clientAddress } from '../../platform/kernel/client-address'
import type { ApiContext } from './envelope'
import type { Services } from './services'

/** Where a request comes from: for the limits of sign-in, and for the list of sessions. */
export function originOf({ config }: Services, { env, req }: ApiContext): Origin {
  const { headers } = req.raw
  const userAgent = headers.get('user-agent')?.slice(0, 500) ?? null
  const address = clientAddress(headers, env.remoteAddress, config.trustProxy)
  return { address, userAgent, requestId: env.requestId }
}
