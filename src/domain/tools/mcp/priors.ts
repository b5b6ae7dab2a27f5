import type { PriorDiscovery } from '@modelcontextprotocol/client'
import { perProcess } from '../../../platform/kernel/process'
import type { Tool } from '../tool'

/** A server that learns a newer revision still speaks the old ones: what is known of it is asked again after a while. */
const KEPT_MS = 600_000

type Kept = { revision: number; prior: PriorDiscovery; until: number }

const kept = () => perProcess('tools.mcp-priors', () => new Map<string, Kept>())

/** Which revisions a tool's server spoke at its last call; undefined where that must be asked. */
export function priorOf({ id, revision }: Tool): PriorDiscovery | undefined {
  const known = kept().get(id)
  return known && known.revision === revision && known.until > Date.now() ? known.prior : undefined
}

/** Keeps what a call found out; its time is not made longer by further calls. */
export function keepPrior(tool: Tool, prior: PriorDiscovery | undefined): void {
  if (!prior || priorOf(tool)) return
  kept().set(tool.id, { revision: tool.revision, prior, until: Date.now() + KEPT_MS })
}

/** After a failure nothing is taken as known. */
export function forgetPrior({ id }: Tool): void {
  kept().delete(id)
}
