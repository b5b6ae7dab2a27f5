import type { Tier } from '../billing/plans'
import type { OpenOption } from './priced-options'

/** The adapters whose tools are models: called as a chat or for embeddings. */
export const MODEL_ADAPTERS = ['openai', 'anthropic', 'google'] as const

export type ModelAdapterName = (typeof MODEL_ADAPTERS)[number]
export type AdapterName = 'http' | 'builtin' | 'mcp' | ModelAdapterName
export type ToolMethod = 'POST' | 'PUT' | 'PATCH'

/** How a call's tokens are found: told by the endpoint at `path`, counted, or `tokens` a call. */
export type Metering = { mode: 'reported' | 'counted' | 'fixed'; path: string | null; tokens: number | null }

/** One place where a model is to be had. The first is the tool's own address, named `main`. */
export type Upstream = {
  name: string
  adapter: ModelAdapterName
  /** Base address; null: the provider's own. */
  endpoint: string | null
  model: string
  /** How often it is chosen first, beside the others, where they are chosen by weight. */
  share: number
}

/** What a plan's tokens are for each token of the provider's, in percent. */
export type TokenWeights = {
  input: number
  cachedInput: number
  output: number
  reasoning: number
  /** Input that the provider writes to its cache, for 5 minutes or an hour; null: as other input. */
  cacheWrite5m: number | null
  cacheWrite1h: number | null
}

/** A tool that is a model. */
export type Model = {
  kind: 'chat' | 'embeddings'
  systemPrompt: string | null
  promptTemplate: string | null
  /** Output of a call that names no maximum, and of any call. */
  defaultOutputTokens: number | null
  maxOutputTokens: number | null
  /** The most input of a call where an open option lets the provider add input. */
  contextWindow: number
  /** Options with a price that callers may set, by their names in `priced-options.ts`. */
  openOptions: readonly OpenOption[]
  weights: TokenWeights
  routing: 'order' | 'weight'
  upstreams: Upstream[]
  /** True where the server answers /responses by itself. */
  speaksResponses: boolean
}

/** A tool as the catalogue holds it. It carries the names of its secret headers, never their values. */
export type Tool = {
  id: string
  /** Raised by the database on every change; admission answers `stale` when it is not the stored one. */
  revision: number
  name: string
  slug: string
  description: string
  category: string | null
  adapter: AdapterName
  /** Where the `http` adapter calls. */
  endpoint: string | null
  method: ToolMethod
  /** Headers that are no secret. */
  headers: Record<string, string>
  secretNames: string[]
  /** The function that the `builtin` adapter runs. */
  builtin: string | null
  /** Set for the model adapters alone. */
  model: Model | null
  /** The tool's name on the server that the `mcp` adapter calls. */
  remoteTool: string | null
  inputSchema: Record<string, unknown> | null
  example: Record<string, unknown> | null
  /** For all tries together. */
  timeoutMs: number
  retries: number
  metering: Metering
  /** What one call may take at most; the size of its hold. */
  maxTokens: number | null
  minimumTier: Tier
  isActive: boolean
  createdAt: Date
}

export type ToolInput = Record<string, unknown>
export type ToolOutput = Record<string, unknown>

/** Whether a tool of this adapter is a model. */
export function isModelAdapter(adapter: unknown): adapter is ModelAdapterName {
  return (MODEL_ADAPTERS as readonly unknown[]).includes(adapter)
}
