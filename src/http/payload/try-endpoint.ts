import { v7 } from 'uuid'
import { invalidFields } from '../../platform/kernel/problem'
import { adminEndpoint } from '../../platform/payload/admin-endpoint'
import { requestIdOf } from '../../platform/payload/request-context'
import { hubLog, runtime } from '../../platform/runtime/runtime'
import { TryBody } from '../api/schemas/trial'
import { runTrial } from '../api/try-tool'
import { readJsonBody } from '../kit/body'
import { toDetails } from '../kit/zod-details'

/** Trying a tool for the panel, whose cookie the versioned API does not take: as `POST /api/v1/admin/tools/{id}/try`. */
export const tryEndpoint = adminEndpoint('/:id/try', async (req, user) => {
  const { value } = await readJsonBody(req as unknown as Request)
  const read = TryBody.safeParse(value, { reportInput: true })
  if (!read.success) throw invalidFields(toDetails(read.error, 'body'))
  const { pool } = runtime()
  const deps = { payload: req.payload, pool, log: hubLog() }
  const requestId = requestIdOf(req.headers) ?? v7()
  const tool = String(req.routeParams?.id)
  return { data: await runTrial(deps, { user, tool, sent: read.data, requestId, signal: req.signal }) }
})
