import { perProcess } from '../process'
import { Breaker, type BreakerState } from './breaker'
import type { Tool } from './tool'

type Kept = { revision: number; breaker: Breaker }

/** The tool's breaker in this process. A changed tool begins anew: the admin may just have mended it. */
export function breakerOf(tool: Tool): Breaker {
  const kept = breakers()
  const known = kept.get(tool.id)
  if (known && known.revision >= tool.revision) return known.breaker
  const breaker = new Breaker()
  kept.set(tool.id, { revision: tool.revision, breaker })
  return breaker
}

/** The state of a tool's breaker in this process; null for a tool that it has not called. */
export function breakerState(toolId: string): BreakerState | null {
  return breakers().get(toolId)?.breaker.state ?? null
}

const breakers = () => perProcess('tools.breakers', () => new Map<string, Kept>())
