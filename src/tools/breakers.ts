import { perProcess } from '../process'
import { Breaker } from './breaker'
import type { Tool } from './tool'

type Kept = { revision: number; breaker: Breaker }

/** The tool's breaker in this process. A changed tool begins anew: the admin may just have mended it. */
export function breakerOf(tool: Tool): Breaker {
  const kept = perProcess('tools.breakers', () => new Map<string, Kept>())
  const known = kept.get(tool.id)
  if (known && known.revision >= tool.revision) return known.breaker
  const breaker = new Breaker()
  kept.set(tool.id, { revision: tool.revision, breaker })
  return breaker
}
