import type { PayloadRequest } from 'payload'
import { callerAddress } from './caller-address'
import { requestIdOf } from './request-context'

/** Where a request comes from, as far as the hub knows it. */
export type RequestOrigin = { address: string | null; userAgent: string | null; requestId: string | null }

/** Where a request to Payload comes from. The server writes the address on the request; no caller can. */
export function requestOrigin(req: PayloadRequest): RequestOrigin {
  return {
    address: callerAddress(req.headers),
    userAgent: req.headers.get('user-agent'),
    requestId: requestIdOf(req.headers),
  }
}
