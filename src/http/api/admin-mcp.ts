import { toPayloadUser } from '../../domain/accounts/payload/user'
import { fingerprintOf } from '../../domain/tools/mcp/remote-tools'
import { checkServers, type Watched } from '../../domain/tools/mcp/watch'
import { ToolParams } from '../kit/common-schemas'
import { created, ok } from '../kit/envelope'
import { originOf } from '../kit/origin'
import type { Registry } from '../kit/registry'
import { acceptChange } from './accept-mcp'
import { toAdminTool } from './api-tool'
import { importTools, listServer } from './import-mcp'
import {
  AcceptMcpChange,
  ImportMcpTools,
  McpChange,
  McpImported,
  McpServer,
  McpServerTool,
} from './schemas/mcp'
import { AdminTool } from './schemas/tools'
import { freshTool } from './tool-lookup'

const tag = 'Admin'
const OF_SERVERS = ['TOOL_BAD_RESPONSE', 'TOOL_UNAVAILABLE', 'TOOL_TIMEOUT'] as const

/** Adds listing the tools of an MCP server, making tools of them, and looking whether they are as they were. */
export function addAdminMcp(registry: Registry): void {
  addList(registry)
  addImport(registry)
  addCheck(registry)
  addAccept(registry)
}

function addList(registry: Registry): void {
  registry.add(
    {
      method: 'post',
      path: '/admin/mcp/tools',
      operationId: 'listMcpServer',
      tag,
      summary: 'List the tools of an MCP server',
      access: 'admin',
      body: McpServer,
      answer: { status: 200, description: 'At most 500 tools.', schema: McpServerTool.array() },
      problems: [...OF_SERVERS],
    },
    async ({ services, body }) => ok(await listServer(services, body)),
  )
}

function addImport(registry: Registry): void {
  registry.add(
    {
      method: 'post',
      path: '/admin/mcp/import',
      operationId: 'importMcpTools',
      tag,
      summary: 'Import tools of an MCP server',
      description:
        'Each tool is published at once, with the name, description and input schema from the server, and the headers as secrets. If a tool cannot be created, the others still are; if none can, the response is the error of the first one.',
      access: 'admin',
      body: ImportMcpTools,
      answer: { status: 201, description: 'The created tools, and the refused ones.', schema: McpImported },
      problems: ['NOT_FOUND', 'CONFLICT', ...OF_SERVERS],
    },
    async ({ services, context, principal, body }) => {
      const by = { user: toPayloadUser(principal), origin: originOf(services, context) }
      return created(await importTools(services, by, body))
    },
  )
}

function addCheck(registry: Registry): void {
  registry.add(
    {
      method: 'post',
      path: '/admin/mcp/check',
      operationId: 'checkMcpServers',
      tag,
      summary: 'Check all published tools against their MCP servers now',
      description: 'The hub also does this every hour. It changes no tool.',
      access: 'admin',
      answer: {
        status: 200,
        description: 'The tools that changed on their server, or could not be checked.',
        schema: McpChange.array(),
      },
    },
    async ({ services }) => ok((await checkServers(services.pool, 0)).map(toChange)),
  )
}

function addAccept(registry: Registry): void {
  registry.add(
    {
      method: 'post',
      path: '/admin/tools/{tool_id}/accept-change',
      operationId: 'acceptMcpChange',
      tag,
      summary: "Accept a tool's new description and input schema from its MCP server",
      description: 'Returns 409 if the server has changed them again, or if there is no change.',
      access: 'admin',
      params: ToolParams,
      body: AcceptMcpChange,
      answer: { status: 200, description: 'The changed tool.', schema: AdminTool },
      problems: ['NOT_FOUND', 'CONFLICT'],
    },
    async ({ services, context, principal, params, body }) => {
      const tool = await freshTool(services, params.tool_id)
      const by = { user: toPayloadUser(principal), origin: originOf(services, context) }
      await acceptChange(services, by, tool, body.fingerprint)
      return ok(toAdminTool(await freshTool(services, tool.id)))
    },
  )
}

const toChange = ({ tool, state }: Watched) => ({
  tool_id: tool.id,
  slug: tool.slug,
  remote_tool: tool.remoteTool ?? '',
  changed_at: state.changedAt?.toISOString() ?? null,
  checked_at: state.checkedAt?.toISOString() ?? null,
  seen: state.seen && {
    fingerprint: fingerprintOf(state.seen),
    description: state.seen.description,
    input_schema: state.seen.inputSchema,
  },
  problem: state.problem,
})
