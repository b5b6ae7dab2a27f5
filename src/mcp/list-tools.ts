import type { ListToolsResult } from '@modelcontextprotocol/server'
import { opens } from '../billing/plans'
import { modelInputSchema } from '../models/input-schema'
import { catalogueAt } from '../tools/catalogue'
import type { Tool } from '../tools/tool'
import type { McpCall, McpRoom } from './server'

type McpTool = ListToolsResult['tools'][number]

/** The active tools that the caller's plan opens, by name, all in one answer. */
export async function listTools({ pool }: McpRoom, { caller }: McpCall): Promise<ListToolsResult> {
  const { tools } = await catalogueAt(pool, caller.catalogueVersion)
  return { tools: tools.filter((tool) => tool.isActive && opens(caller.tier, tool)).map(toMcpTool) }
}

/** A tool as MCP clients list it: by its slug, which they call it by. */
export function toMcpTool({ slug, name, description, inputSchema, model }: Tool): McpTool {
  const schema = inputSchema ?? (model && modelInputSchema(model)) ?? {}
  return { name: slug, title: name, description, inputSchema: toObjectSchema(schema) }
}

/**
 * The schema in the form that clients insist on: `type` is "object", as every input of the hub is, and each property
 * is an object. One tool with another form would cost them the whole list.
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

/** JSON Schema lets `true` and `false` stand for "anything" and "nothing". */
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
