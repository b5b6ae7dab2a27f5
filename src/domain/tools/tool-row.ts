import type { SealedSecret } from '../../platform/outbound/seal'
import type { Tier } from '../billing/plans'
import { type ModelRow, toModel } from './model-row'
import type { AdapterName, Tool, ToolMethod } from './tool'

/** Where an OpenAI-compatible endpoint reports its usage. */
export const DEFAULT_METERING_PATH = 'usage.total_tokens'

/** One row of the catalogue's query. Big integers arrive as text. */
export type ToolRow = ModelRow & {
  version: string
  id: string | null
  revision: string
  name: string
  slug: string
  description: string | null
  category: string | null
  adapter: AdapterName
  method: ToolMethod | null
  headers: unknown
  builtin: string | null
  remote_tool: string | null
  input_schema: unknown
  example: unknown
  timeout_ms: number | string
  retries: number | string
  metering_mode: 'reported' | 'counted' | 'fixed'
  metering_path: string | null
  metering_tokens: number | string | null
  max_tokens: number | string | null
  minimum_tier: Tier
  is_active: boolean | null
  created_at: Date
  secrets: SealedSecret[] | null
}

/** The sealed secrets of one tool. */
export const SEALED_SQL = `
  select name, sealed from tool_secrets where tool_id = $1 order by name`

/**
 * The version, every published tool that is not in the trash, and its encrypted secrets, in one statement and so in one
 * snapshot: the version belongs to these tools. Without tools, the result is one row whose `id` is null.
 */
export const CATALOGUE_SQL = `
  select v.version, t.id, t.revision, t.name, t.slug, t.description, t.category, t.adapter, t.endpoint,
         t.method, t.headers, t.builtin, t.input_schema, t.example, t.timeout_ms, t.retries, t.metering_mode,
         t.metering_path, t.metering_tokens, t.max_tokens, t.minimum_tier, t.is_active, t.created_at, s.secrets,
         t.remote_tool, t.model, t.model_kind, t.system_prompt, t.prompt_template, t.default_output_tokens,
         t.max_output_tokens, t.weight_input, t.weight_cached_input, t.weight_output, t.weight_reasoning,
         t.weight_cache_write5m, t.weight_cache_write1h, t.context_window,
         t.routing, t.share, t.speaks_responses, u.upstreams, o.open_options
  from catalogue_version v
  left join tools t on t._status = 'published' and t.deleted_at is null
  left join (
    select tool_id, json_agg(json_build_object('name', name, 'sealed', sealed) order by name) as secrets
    from tool_secrets group by tool_id
  ) s on s.tool_id = t.id
  left join (
    select _parent_id, json_agg(json_build_object('name', name, 'adapter', adapter, 'endpoint', endpoint,
             'model', model, 'share', share) order by _order) as upstreams
    from tools_upstreams group by _parent_id
  ) u on u._parent_id = t.id
  left join (
    select parent_id, json_agg(value order by "order") as open_options from tools_open_options group by parent_id
  ) o on o.parent_id = t.id
  order by t.name`

/** Turns the row into a tool. JSON fields with a wrong type are ignored. */
export function toTool(row: ToolRow & { id: string }): Tool {
  return {
    id: row.id,
    revision: Number(row.revision),
    name: row.name,
    slug: row.slug,
    description: row.description ?? '',
    category: row.category,
    adapter: row.adapter,
    endpoint: row.endpoint,
    method: row.method ?? 'POST',
    headers: texts(row.headers),
    secretNames: (row.secrets ?? []).map((secret) => secret.name),
    builtin: row.builtin,
    model: toModel(row),
    remoteTool: row.adapter === 'mcp' ? row.remote_tool : null,
    inputSchema: object(row.input_schema),
    example: object(row.example),
    timeoutMs: Number(row.timeout_ms),
    retries: Number(row.retries),
    metering: {
      mode: row.metering_mode,
      path: row.metering_mode === 'reported' ? row.metering_path || DEFAULT_METERING_PATH : null,
      tokens: row.metering_mode === 'fixed' ? (number(row.metering_tokens) ?? 0) : null,
    },
    maxTokens: number(row.max_tokens),
    minimumTier: row.minimum_tier,
    isActive: row.is_active === true,
    createdAt: row.created_at,
  }
}

function object(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}

function texts(value: unknown): Record<string, string> {
  const entries = Object.entries(object(value) ?? {})
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function number(value: number | string | null): number | null {
  return value === null ? null : Number(value)
}
