import { waysToCall } from '../../domain/snippets/ways-to-call'
import type { Tool } from '../../domain/tools/tool'
import { toApiModel } from './api-model'

/** A tool without a schema takes any object. */
const ANY_OBJECT = { type: 'object' }

/** A tool as the catalogue lists it. `available` says whether the caller's plan opens it. */
export function toApiTool(tool: Tool, available: boolean) {
  return { ...listed(tool), available }
}

/** A tool in detail, for callers whose plan opens it, with snippets for this address. */
export function toApiToolDetail(tool: Tool, available: boolean, hubUrl: string) {
  return { ...detailed(tool), available, ways_to_call: waysToCall(tool, hubUrl) }
}

/** A tool as admins see it: how it is reached as well. Of its headers the names only. */
export function toAdminTool(tool: Tool) {
  return {
    ...detailed(tool),
    adapter: tool.adapter,
    api_endpoint: tool.endpoint,
    timeout_ms: tool.timeoutMs,
    retries: tool.retries,
    headers: [...new Set([...Object.keys(tool.headers), ...tool.secretNames])].sort(),
    model: toApiModel(tool),
    remote_tool: tool.remoteTool,
  }
}

function listed(tool: Tool) {
  return {
    id: tool.id,
    name: tool.name,
    slug: tool.slug,
    description: tool.description,
    category: tool.category,
    minimum_plan: tool.minimumTier,
  }
}

function detailed(tool: Tool) {
  return {
    ...listed(tool),
    is_active: tool.isActive,
    created_at: tool.createdAt.toISOString(),
    input_schema: tool.inputSchema ?? ANY_OBJECT,
    example: tool.example,
    metering: tool.metering,
    max_tokens: tool.maxTokens,
  }
}
