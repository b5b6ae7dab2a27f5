import type { Endpoint, PayloadRequest } from 'payload'
import { v7 } from 'uuid'
import { unauthorized } from '../../domain/accounts/principal'
import { invalidFields, Problem } from '../../platform/kernel/problem'
import { isAdminRequest } from '../../platform/payload/access'
import { caller, type HubUser } from '../../platform/payload/caller'
import { requestIdOf } from '../../platform/payload/request-context'
import { hubLog, runtime } from '../../platform/runtime/runtime'
import { TryBody } from '../api/schemas/trial'
import { runTrial } from '../api/try-tool'
import { readJsonBody } from '../kit/body'
import { toDetails } from '../kit/zod-details'

/** Trying a tool for the panel, whose cookie the versioned API does not take: as `POST /api/v1/admin/tools/{id}/try`. */
export const tryEndpoint: Endpoint = { path: '/:id/try', method: 'post', handler: tryFromPanel }

async function tryFromPanel(req: PayloadRequest): Promise<Response> {
  if (!caller(req)) throw unauthorized()
  if (!isAdminRequest(req)) throw new Problem('FORBIDDEN', 'This is for admins, signed in by their password.')
  const { value } = await readJsonBody(req as unknown as Request)
  const read = TryBody.safeParse(value, { reportInput: true })
  if (!read.success) throw invalidFields(toDetails(read.error, 'body'))
  const { pool } = runtime()
  const log = hubLog()
  const trial = await runTrial(
    { payload: req.payload, pool, log },
    {
      user: caller(req) as HubUser,
      tool: String(req.routeParams?.id),
      sent: read.data,
      requestId: requestIdOf(req.headers) ?? v7(),
      signal: req.signal,
    },
  )
  return Response.json({ data: trial })
}
