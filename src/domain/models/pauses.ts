import { perProcess } from '../../platform/kernel/process'
import type { Tool, Upstream } from '../tools/tool'

/** Until when an upstream is left alone: by one caller, or by everybody (null). */
type Pause = { revision: number; until: number; caller: string | null }

const pauses = () => perProcess('models.pauses', () => new Map<string, Pause>())
const keyOf = (tool: Tool, { name }: Upstream) => `${tool.id} ${name}`

/** For how long (ms) this caller still has to leave the upstream alone; 0 or less: not any more. */
export function pauseLeft(tool: Tool, upstream: Upstream, caller: string): number {
  const known = current(tool, upstream)
  return known && (known.caller ?? caller) === caller ? known.until - performance.now() : 0
}

/**
 * Leaves an upstream alone for so long: everybody does, or `caller`, where the provider did not say that it means more than
 * their request. Once it says so to somebody else too, it means everybody.
 */
export function pause(tool: Tool, upstream: Upstream, ms: number, caller: string | null): void {
  const known = current(tool, upstream)
  const isOfAll = caller === null || (known !== undefined && known.caller !== caller)
  pauses().set(keyOf(tool, upstream), {
    revision: tool.revision,
    until: Math.max(known?.until ?? 0, performance.now() + ms),
    caller: isOfAll ? null : caller,
  })
}

function current(tool: Tool, upstream: Upstream): Pause | undefined {
  const known = pauses().get(keyOf(tool, upstream))
  return known?.revision === tool.revision && known.until > performance.now() ? known : undefined
}
