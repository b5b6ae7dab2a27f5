import { perProcess } from '../../platform/kernel/process'
import type { Tool, Upstream } from '../tools/tool'

/** Until when an upstream is not called: for one caller, or for everybody (null). */
type Pause = { revision: number; until: number; caller: string | null }

const pauses = () => perProcess('models.pauses', () => new Map<string, Pause>())
const keyOf = (tool: Tool, { name }: Upstream) => `${tool.id} ${name}`

/** How long (ms) the pause still lasts for this caller; 0 or less: no pause. */
export function pauseLeft(tool: Tool, upstream: Upstream, caller: string): number {
  const known = current(tool, upstream)
  return known && (known.caller ?? caller) === caller ? known.until - performance.now() : 0
}

/**
 * Pauses an upstream for this time: for everybody, or only for `caller` if the provider may have refused only this request.
 * If the provider refuses another caller too in that time, the pause is for everybody.
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
