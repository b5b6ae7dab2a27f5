import { perProcess } from '../process'
import { Breaker } from './breaker'
import { MAIN } from './model-row'
import type { Tool } from './tool'

type Kept = { revision: number; breaker: Breaker }

/**
 * The breaker of a tool, or of one of its upstreams, in this process. A changed tool begins anew: the admin may just
 * have mended it.
 */
export function breakerOf(tool: Tool, upstream = MAIN): Breaker {
  const kept = perProcess('tools.breakers', () => new Map<string, Kept>())
  const key = upstream === MAIN ? tool.id : `${tool.id} ${upstream}`
  const known = kept.get(key)
  if (known && known.revision >= tool.revision) return known.breaker
  const breaker = new Breaker()
  kept.set(key, { revision: tool.revision, breaker })
  return breaker
}
