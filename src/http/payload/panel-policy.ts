import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What holds for every page of the hub. */
export const BASE_POLICY = "frame-ancestors 'none'; base-uri 'self'; object-src 'none'; form-action 'self'"

const NAME = 'content-security-policy'

/**
 * Lets only those scripts of a panel page run that carry the nonce of this request, and what they load. Next reads the
 * nonce from the policy on the request, and writes it on its scripts. `dev` allows what live reload evaluates.
 */
export function setPanelPolicy(req: IncomingMessage, res: ServerResponse, dev: boolean): void {
  const nonce = randomBytes(16).toString('base64')
  const scripts = ["'self'", `'nonce-${nonce}'`, "'strict-dynamic'", ...(dev ? ["'unsafe-eval'"] : [])]
  const policy = `${BASE_POLICY}; script-src ${scripts.join(' ')}`
  req.headers[NAME] = policy
  delete req.headers[`${NAME}-report-only`]
  res.setHeader(NAME, policy)
}
