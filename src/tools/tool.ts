import type { Tier } from '../billing/plans'

export type AdapterName = 'http' | 'builtin'
export type ToolMethod = 'POST' | 'PUT' | 'PATCH'

/** How a call's tokens are found: told by the endpoint at `path`, counted, or `tokens` a call. */
export type Metering = { mode: 'reported' | 'counted' | 'fixed'; path: string | null; tokens: number | null }

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
