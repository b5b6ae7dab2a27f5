import type { Tool, Upstream } from './tool'
import { type ToolRow, toTool } from './tool-row'

/** A tool built from an unsaved document has no revision: the catalogue's tool with the same id may differ. */
export const NO_REVISION = 0

type Document = Record<string, unknown> & { id: string }

/** A document of the collection, draft or not, as the tool that it would be. Its secrets are not with it. */
export function toolOfDocument(doc: Document): Tool {
  return toTool(toRow(doc))
}

/** The document's fields by the names of the catalogue's query. */
function toRow(doc: Document): ToolRow & { id: string } {
  const text = (name: string) => (typeof doc[name] === 'string' ? (doc[name] as string) : null)
  const number = (name: string) => (typeof doc[name] === 'number' ? (doc[name] as number) : null)
  const as = <Value>(name: string) => (doc[name] ?? null) as Value
  return {
    id: doc.id,
    version: '0',
    revision: String(NO_REVISION),
    name: text('name') ?? '',
    slug: text('slug') ?? '',
    description: text('description'),
    category: text('category'),
    adapter: as('adapter'),
    endpoint: text('endpoint'),
    method: as('method'),
    headers: doc.headers,
    builtin: text('builtin'),
    remote_tool: text('remoteTool'),
    input_schema: doc.inputSchema,
    example: doc.example,
    timeout_ms: number('timeoutMs') ?? 30_000,
    retries: number('retries') ?? 0,
    metering_mode: as('meteringMode'),
    metering_path: text('meteringPath'),
    metering_tokens: number('meteringTokens'),
    max_tokens: number('maxTokens'),
    minimum_tier: as('minimumTier'),
    is_active: doc.isActive === true,
    created_at: new Date(text('createdAt') ?? 0),
    secrets: null,
    model: text('model'),
    model_kind: as('modelKind'),
    system_prompt: text('systemPrompt'),
    prompt_template: text('promptTemplate'),
    default_output_tokens: number('defaultOutputTokens'),
    max_output_tokens: number('maxOutputTokens'),
    weight_input: number('weightInput'),
    weight_cached_input: number('weightCachedInput'),
    weight_output: number('weightOutput'),
    weight_reasoning: number('weightReasoning'),
    weight_cache_write5m: number('weightCacheWrite5m'),
    weight_cache_write1h: number('weightCacheWrite1h'),
    context_window: number('contextWindow'),
    open_options: Array.isArray(doc.openOptions) ? doc.openOptions.map(String) : null,
    routing: as('routing'),
    share: number('share'),
    speaks_responses: doc.speaksResponses === true,
    upstreams: upstreamsOf(doc),
  }
}

function upstreamsOf({ upstreams }: Document): Upstream[] {
  return Array.isArray(upstreams) ? (upstreams as Upstream[]) : []
}
