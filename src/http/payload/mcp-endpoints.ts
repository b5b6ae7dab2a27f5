import type { Endpoint, PayloadRequest } from 'payload'
import type { z } from 'zod'
import { unauthorized } from '../../domain/accounts/principal'
import { invalidFields, Problem } from '../../platform/kernel/problem'
import { isAdminRequest } from '../../platform/payload/access'
import { caller, type HubUser } from '../../platform/payload/caller'
import { requestOrigin } from '../../platform/payload/request-origin'
import { runtime } from '../../platform/runtime/runtime'
import { acceptChange } from '../api/accept-mcp'
import { importTools, listServer } from '../api/import-mcp'
import { AcceptMcpChange, ImportMcpTools, McpServer } from '../api/schemas/mcp'
import { freshTool } from '../api/tool-lookup'
import { readJsonBody } from '../kit/body'
import { toDetails } from '../kit/zod-details'

/** The tools of an MCP server for the panel, whose cookie the versioned API does not take: as `/api/v1/admin/mcp`. */
export const mcpEndpoints: Endpoint[] = [
  forAdmins('/mcp-list', McpServer, (_req, sent) => listServer({ pool: runtime().pool }, sent)),
  forAdmins('/mcp-import', ImportMcpTools, (req, sent) =>
    importTools(
      { payload: req.payload, pool: runtime().pool },
      { user: caller(req) as HubUser, origin: requestOrigin(req) },
      sent,
    ),
  ),
  forAdmins('/:id/mcp-accept', AcceptMcpChange, async (req, { fingerprint }) => {
    const deps = { payload: req.payload, pool: runtime().pool }
    const tool = await freshTool(deps, String(req.routeParams?.id))
    const by = { user: caller(req) as HubUser, origin: requestOrigin(req) }
    await acceptChange(deps, by, tool, fingerprint)
    return { id: tool.id }
  }),
]

type Work<Body> = (req: PayloadRequest, sent: Body) => Promise<unknown>

function forAdmins<S extends z.ZodType>(path: string, schema: S, work: Work<z.output<S>>): Endpoint {
  return {
    path,
    method: 'post',
    handler: async (req) => {
      if (!caller(req)) throw unauthorized()
      if (!isAdminRequest(req))
        throw new Problem('FORBIDDEN', 'This is for admins, signed in by their password.')
      const { value } = await readJsonBody(req as unknown as Request)
      const read = schema.safeParse(value, { reportInput: true })
      if (!read.success) throw invalidFields(toDetails(read.error, 'body'))
      return Response.json({ data: await work(req, read.data) }, { headers: { 'cache-control': 'no-store' } })
    },
  }
}
