import type { Tier } from '../billing/plans'
import type { OpenOption } from './priced-options'

/** The adapters whose tools are models, which are called for chats or embeddings. */
export const MODEL_ADAPTERS = ['openai', 'anthropic', 'google'] as const

export type ModelAdapterName = (typeof MODEL_ADAPTERS)[number]
export type AdapterName = 'http' | 'builtin' | 'mcp' | ModelAdapterName
export type ToolMethod = 'POST' | 'PUT' | 'PATCH'

/** How the tokens of a call are measured: reported by the endpoint at `path`, counted, or fixed: `tokens` per call. */
export type Metering = { mode: 'reported' | 'counted' | 'fixed'; path: string | null; tokens: number | null }

/** One server that offers the model. The first is the tool's own address, named `main`. */
export type Upstream = {
  name: string
  adapter: ModelAdapterName
  /** Base URL; null means the provider's default. */
  endpoint: string | null
  model: string
  /** Its weight among the upstreams, if the first one is chosen by weight. */
  share: number
}

/** The price of each provider token in the plan's tokens, in percent. */
export type TokenWeights = {
  input: number
  cachedInput: number
  output: number
  reasoning: number
  /** Input that the provider writes to its cache, for 5 minutes or an hour; null: the same as other input. */
  cacheWrite5m: number | null
  cacheWrite1h: number | null
}

/** A tool that is a model. */
export type Model = {
  kind: 'chat' | 'embeddings'
  systemPrompt: string | null
  promptTemplate: string | null
  /** The maximum output of a call that names none, and of any call. */
  defaultOutputTokens: number | null
  maxOutputTokens: number | null
  /** The maximum input of a call, if an open option lets the provider add input. */
  contextWindow: number
  /** Options with a price that callers may set, by their names in `priced-options.ts`. */
  openOptions: readonly OpenOption[]
  weights: TokenWeights
  routing: 'order' | 'weight'
  upstreams: Upstream[]
  /** True if the server itself supports /responses. */
  speaksResponses: boolean
}

/** A tool in the catalogue. It contains the names of its secret headers, never their values. */
export type Tool = {
  id: string
  /** The database raises it on every change. Admission returns `stale` if it is not the stored one. */
  revision: number
  name: string
  slug: string
  description: string
  category: string | null
  adapter: AdapterName
  /** Where the `http` adapter calls. */
  endpoint: string | null
  method: ToolMethod
  /** Headers that are not secret. */
  headers: Record<string, string>
  secretNames: string[]
  /** The function that the `builtin` adapter runs. */
  builtin: string | null
  /** Set only for the model adapters. */
  model: Model | null
  /** The tool's name on the server that the `mcp` adapter calls. */
  remoteTool: string | null
  inputSchema: Record<string, unknown> | null
  example: Record<string, unknown> | null
  /** For all attempts together. */
  timeoutMs: number
  retries: number
  metering: Metering
  /** The maximum tokens of one call; the size of its hold. */
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
