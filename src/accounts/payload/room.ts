import type { PayloadRequest } from 'payload'
import { callerAddress } from '../../caller-address'
import { requestIdOf } from '../../request-context'
import { runtime } from '../../runtime'
import type { AccountsRoom, Origin } from '../room'
import { BROWSER, readCookie } from './cookies'

/** What the operations on accounts need, from this process's runtime. */
export function accountsRoom(): AccountsRoom {
  const { pool, config, secret } = runtime()
  return { pool, config: { ...config, secret } }
}

/** Where a request comes from. The server writes the address on the request; no caller can. */
export function requestOrigin(req: PayloadRequest): Origin {
  return {
    address: callerAddress(req.headers),
    userAgent: req.headers.get('user-agent'),
    requestId: requestIdOf(req.headers),
    browser: readCookie(req.payload.config, req.headers, BROWSER),
  }
}
