import type { PayloadRequest } from 'payload'
import { requestOrigin } from '../../../platform/payload/request-origin'
import { runtime } from '../../../platform/runtime/runtime'
import type { AccountsDeps, Origin } from '../deps'
import { BROWSER, readCookie } from './cookies'

/** What the operations on accounts need, from this process's runtime. */
export function accountsDeps(): AccountsDeps {
  const { pool, config, secret } = runtime()
  return { pool, config: { ...config, secret } }
}

/** Where a request comes from, with the cookie that says which accounts know its browser. */
export function signInOrigin(req: PayloadRequest): Origin {
  return { ...requestOrigin(req), browser: readCookie(req.payload.config, req.headers, BROWSER) }
}
