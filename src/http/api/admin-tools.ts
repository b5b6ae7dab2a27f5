import type { z } from '@hono/zod-openapi'
import type { Origin } from '../../domain/accounts/deps'
import { toPayloadUser } from '../../domain/accounts/payload/user'
import type { Principal } from '../../domain/accounts/principal'
import { auditContext } from '../../domain/audit/payload-by'
import { onPublished } from '../../domain/tools/stored-tool'
import { ToolParams } from '../kit/common-schemas'
import { onDocument } from '../kit/document-problems'
import { created, noContent, ok } from '../kit/envelope'
import { originOf } from '../kit/origin'
import type { Registry } from '../kit/registry'
import { toModelDocument } from './api-model'
import { toAdminTool } from './api-tool'
import { AdminTool, ChangeTool, NewTool } from './schemas/tools'
import { freshTool } from './tool-lookup'

const tag = 'Admin'

/** Adds making, changing and deleting tools. All three go through the documents, with the admin's own rights. */
export function addAdminTools(registry: Registry): void {
  addCreate(registry)
  addUpdate(registry)
  addDelete(registry)
}

function addCreate(registry: Registry): void {
  registry.add(
    {
      method: 'post',
      path: '/admin/tools',
      operationId: 'createTool',
      tag,
      summary: 'Create a tool',
      access: 'admin',
      body: NewTool,
      answer: { status: 201, description: 'The new tool.', schema: AdminTool },
      problems: ['CONFLICT'],
    },
    async ({ services, context, principal, body }) => {
      const data = { ...toDocument(body), _status: 'published' } as never
      const made = await onDocument(() =>
        services.payload.create({
          collection: 'tools',
          data,
          ...asCaller(principal, originOf(services, context)),
        }),
      )
      return created(toAdminTool(await freshTool(services, String(made.id))))
    },
  )
}

function addUpdate(registry: Registry): void {
  registry.add(
    {
      method: 'patch',
      path: '/admin/tools/{tool_id}',
      operationId: 'changeTool',
      tag,
      summary: 'Change a tool',
      access: 'admin',
      params: ToolParams,
      body: ChangeTool,
      answer: { status: 200, description: 'The changed tool.', schema: AdminTool },
      problems: ['NOT_FOUND', 'CONFLICT'],
    },
    async ({ services, context, principal, params, body }) => {
      const { id } = await freshTool(services, params.tool_id)
      const data = toDocument(body) as never
      const by = asCaller(principal, originOf(services, context))
      await onDocument(() =>
        services.payload.update({
          collection: 'tools',
          id,
          data,
          ...by,
          context: { ...by.context, ...onPublished(id) },
        }),
      )
      return ok(toAdminTool(await freshTool(services, id)))
    },
  )
}

function addDelete(registry: Registry): void {
  registry.add(
    {
      method: 'delete',
      path: '/admin/tools/{tool_id}',
      operationId: 'deleteTool',
      tag,
      summary: 'Delete a tool',
      description: 'Its name and slug can be used again, and its usage history stays readable.',
      access: 'admin',
      params: ToolParams,
      answer: { status: 204, description: 'Deleted.' },
      problems: ['NOT_FOUND'],
    },
    async ({ services, context, principal, params }) => {
      const { id } = await freshTool(services, params.tool_id)
      await onDocument(() =>
        services.payload.delete({
          collection: 'tools',
          id,
          ...asCaller(principal, originOf(services, context)),
        }),
      )
      return noContent()
    },
  )
}

function asCaller(principal: Principal, origin: Origin) {
  const context = auditContext(origin)
  return { user: toPayloadUser(principal), overrideAccess: false as const, depth: 0, context }
}

type ToolChange = Partial<z.output<typeof NewTool>>

/** The API's names as the document has them. What was not sent stays out, so that it keeps its value. */
function toDocument(sent: ToolChange): Record<string, unknown> {
  const document = {
    name: sent.name,
    slug: sent.slug,
    description: sent.description,
    category: sent.category,
    adapter: sent.adapter,
    endpoint: sent.api_endpoint,
    secretHeaders: sent.headers,
    inputSchema: sent.input_schema,
    example: sent.example,
    timeoutMs: sent.timeout_ms,
    retries: sent.retries,
    maxTokens: sent.max_tokens,
    minimumTier: sent.minimum_plan,
    isActive: sent.is_active,
    meteringMode: sent.metering?.mode,
    meteringPath: sent.metering?.path,
    meteringTokens: sent.metering?.tokens,
    ...toModelDocument(sent),
  }
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined))
}
