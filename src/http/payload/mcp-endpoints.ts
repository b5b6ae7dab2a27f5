import type { Endpoint, PayloadRequest } from 'payload'
import type { z } from 'zod'
import { invalidFields } from '../../platform/kernel/problem'
import { adminEndpoint } from '../../platform/payload/admin-endpoint'
import type { HubUser } from '../../platform/payload/caller'
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
  forAdmins('/mcp-list', McpServer, (_req, _user, sent) => listServer({ pool: runtime().pool }, sent)),
  forAdmins('/mcp-import', ImportMcpTools, (req, user, sent) =>
    importTools({ payload: req.payload, pool: runtime().pool }, { user, origin: requestOrigin(req) }, sent),
  ),
  forAdmins('/:id/mcp-accept', AcceptMcpChange, async (req, user, { fingerprint }) => {
    const deps = { payload: req.payload, pool: runtime().pool }
    const tool = await freshTool(deps, String(req.routeParams?.id))
    await acceptChange(deps, { user, origin: requestOrigin(req) }, tool, fingerprint)
    return { id: tool.id }
  }),
]

type Work<Body> = (req: PayloadRequest, user: HubUser, sent: Body) => Promise<unknown>

function forAdmins<S extends z.ZodType>(path: string, schema: S, work: Work<z.output<S>>): Endpoint {
  return adminEndpoint(path, async (req, user) => {
    const { value } = await readJsonBody(req as unknown as Request)
    const read = schema.safeParse(value, { reportInput: true })
    if (!read.success) throw invalidFields(toDetails(read.error, 'body'))
    return { data: await work(req, user, read.data) }
  })
}
