import { addDataAndFileToRequest, type Endpoint } from 'payload'
import { caller, isAdminRequest } from '../accounts/payload/access'
import { accountsRoom } from '../accounts/payload/room'
import { payloadBy } from '../audit/payload-by'
import { UUID } from '../database/payload-sql'
import { Problem } from '../problem'
import { runtime } from '../runtime'
import { readUserAction } from './user/action-input'
import { performUserAction } from './user/perform'

/** What the hub's own views of the panel ask for. Each asks first who is calling: admins alone, by a session. */
export const panelEndpoints: Endpoint[] = [
  {
    path: '/panel/users/:id/actions',
    method: 'post',
    handler: async (req) => {
      if (!caller(req)) throw new Problem('UNAUTHORIZED', 'Sign in first.')
      if (!isAdminRequest(req))
        throw new Problem('FORBIDDEN', 'Only admins may do this, signed in with their password.')
      const userId = String(req.routeParams?.id ?? '')
      if (!UUID.test(userId)) throw new Problem('NOT_FOUND', 'There is no such user.')
      await addDataAndFileToRequest(req)
      const { preview, ...sent } = (req.data ?? {}) as Record<string, unknown>
      const effects = await performUserAction({
        pool: runtime().pool,
        config: accountsRoom().config,
        userId: userId.toLowerCase(),
        by: { ...payloadBy(req), userId: caller(req)?.id as string },
        action: readUserAction(sent),
        preview: preview === true,
      })
      return Response.json({ effects }, { headers: { 'cache-control': 'no-store' } })
    },
  },
]
