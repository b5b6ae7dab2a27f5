import type { PayloadRequest } from 'payload'
import { runtime } from '../../runtime'
import type { AccountsRoom, Origin } from '../room'
import { BROWSER, readCookie } from './cookies'
import { requestOrigin } from './request-origin'

/** What the operations on accounts need, from this process's runtime. */
export function accountsRoom(): AccountsRoom {
  const { pool, config, secret } = runtime()
  return { pool, config: { ...config, secret } }
}

/** Where a request comes from, and which accounts its browser is known to. */
export function signInOrigin(req: PayloadRequest): Origin {
  return { ...requestOrigin(req), browser: readCookie(req.payload.config, req.headers, BROWSER) }
}
