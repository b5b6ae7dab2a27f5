import { z } from '@hono/zod-openapi'
import { opens } from '../../domain/billing/plans'
import { paging, ToolParams } from '../kit/common-schemas'
import { ok, page } from '../kit/envelope'
import type { Registry } from '../kit/registry'
import { toApiTool, toApiToolDetail } from './api-tool'
import { Tool, ToolDetail } from './schemas/tools'
import { activeTools, requireTool } from './tool-lookup'

const tag = 'Tools'

/** Adds the catalogue of tools. */
export function addTools(registry: Registry): void {
  registry.add(
    {
      method: 'get',
      path: '/tools',
      operationId: 'listTools',
      tag,
      summary: 'The active tools, by name',
      access: 'signed-in',
      query: z.strictObject(paging),
      answer: { status: 200, description: 'One page.', schema: z.array(Tool), list: 'offset' },
    },
    async ({ services, principal, query: { offset, limit } }) => {
      const all = await activeTools(services, principal.catalogueVersion)
      const rows = all.slice(offset, offset + limit)
      return page(
        rows.map((tool) => toApiTool(tool, opens(principal.tier, tool))),
        { offset, limit, total: all.length },
      )
    },
  )
  registry.add(
    {
      method: 'get',
      path: '/tools/{tool_id}',
      operationId: 'getTool',
      tag,
      summary: 'One tool: its input schema, an example, and how to call it',
      access: 'signed-in',
      params: ToolParams,
      answer: { status: 200, description: 'The tool.', schema: ToolDetail },
      problems: ['NOT_FOUND'],
    },
    async ({ services, principal, params }) => {
      const tool = await requireTool(services, params.tool_id, principal.catalogueVersion)
      return ok(toApiToolDetail(tool, opens(principal.tier, tool), services.config.hubUrl))
    },
  )
}
