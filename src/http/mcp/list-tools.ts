import { type ListToolsResult, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import { opens } from '../../domain/billing/plans'
import { modelInputSchema } from '../../domain/models/input-schema'
import { catalogueAt } from '../../domain/tools/catalogue'
import type { Tool } from '../../domain/tools/tool'
import type { McpCall, McpDeps } from './mcp-call'

type McpTool = ListToolsResult['tools'][number]

/** Tools per page: most hubs have one page, and some clients read only the first. */
const PAGE = 250

/**
 * The active tools that the caller's plan opens, by slug, a page at a time. A cursor is only the name of the last tool
 * of its page, so any instance can continue from there, whatever was added or removed in the meantime.
 */
export async function listTools(
  { pool }: McpDeps,
  { caller }: McpCall,
  cursor: string | undefined,
): Promise<ListToolsResult> {
  const after = cursor === undefined ? '' : slugIn(cursor)
  const { tools } = await catalogueAt(pool, caller.catalogueVersion)
  const open = tools
    .filter((tool) => tool.slug > after && tool.isActive && opens(caller.tier, tool))
    .sort((a, b) => (a.slug < b.slug ? -1 : 1))
  const page = open.slice(0, PAGE)
  const last = open.length > PAGE ? page.at(-1) : undefined
  return { tools: page.map(toMcpTool), ...(last ? { nextCursor: cursorAt(last.slug) } : {}) }
}

const cursorAt = (slug: string) => Buffer.from(slug).toString('base64url')

function slugIn(cursor: string): string {
  const slug = Buffer.from(cursor, 'base64url').toString('utf8')
  if (/^[a-z0-9][a-z0-9-]*$/.test(slug) && cursorAt(slug) === cursor) return slug
  const message = 'Invalid cursor: tools/list did not return it. Start without a cursor.'
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, message)
}

/** A tool in MCP's format. Its MCP name is the slug. */
export function toMcpTool({ slug, name, description, inputSchema, model }: Tool): McpTool {
  const schema = inputSchema ?? (model && modelInputSchema(model)) ?? {}
  return { name: slug, title: name, description, inputSchema: toObjectSchema(schema) }
}

/**
 * The schema in the form that clients require: `type` is "object", as for every input of the hub, and each property is an
 * object. One tool with another form would make them reject the whole list.
 */
function toObjectSchema(schema: Record<string, unknown>): McpTool['inputSchema'] {
  const { properties, required, ...rest } = schema
  return {
    ...(rest as Omit<McpTool['inputSchema'], 'type'>),
    ...(isObject(properties) ? { properties: withoutBooleans(properties) } : {}),
    ...(Array.isArray(required) ? { required: required as string[] } : {}),
    type: 'object',
  }
}

/** In JSON Schema, `true` means "anything" and `false` means "nothing". */
function withoutBooleans(
  properties: Record<string, unknown>,
): NonNullable<McpTool['inputSchema']['properties']> {
  const given = Object.entries(properties).map(([name, schema]) => {
    if (schema === true) return [name, {}]
    return [name, schema === false ? { not: {} } : schema]
  })
  return Object.fromEntries(given)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
