import type { Endpoint, PayloadRequest } from 'payload'
import { Problem } from '../kernel/problem'
import { isAdminRequest } from './access'
import { caller, type HubUser } from './caller'

type Work = (req: PayloadRequest, admin: HubUser) => Promise<object>

/**
 * An endpoint of Payload's API for admins who signed in by password; the panel's cookie counts. What `work` returns is
 * the response. Its errors are UNAUTHORIZED, FORBIDDEN, and those of `work`.
 */
export function adminEndpoint(path: string, work: Work): Endpoint {
  return {
    path,
    method: 'post',
    handler: async (req) => {
      const user = caller(req)
      if (!user) throw new Problem('UNAUTHORIZED', 'Sign in first.')
      if (!isAdminRequest(req))
        throw new Problem('FORBIDDEN', 'Only admins may do this, signed in with their password.')
      return Response.json(await work(req, user), { headers: { 'cache-control': 'no-store' } })
    },
  }
}
