import { perProcess } from '../../platform/kernel/process'
import type { BreakerState } from './breaker'
import { CallerBreaker } from './caller-breaker'
import { MAIN } from './model-row'
import type { Tool } from './tool'

type Kept = { revision: number; breaker: CallerBreaker }

const breakers = () => perProcess('tools.breakers', () => new Map<string, Kept>())

/**
 * The breaker of a tool, or of one of its upstreams, in this process. A changed tool begins anew: the admin may just
 * have mended it.
 */
export function breakerOf(tool: Tool, upstream = MAIN): CallerBreaker {
  const kept = apart().get(tool) ?? breakers()
  const key = keyOf(tool.id, upstream)
  const known = kept.get(key)
  if (known && known.revision >= tool.revision) return known.breaker
  const breaker = new CallerBreaker()
  kept.set(key, { revision: tool.revision, breaker })
  return breaker
}

/** The state of a breaker in this process, of a tool or one of its upstreams; null where it was not called. */
export function breakerState(toolId: string, upstream = MAIN): BreakerState | null {
  return breakers().get(keyOf(toolId, upstream))?.breaker.state ?? null
}

const keyOf = (toolId: string, upstream: string) => (upstream === MAIN ? toolId : `${toolId} ${upstream}`)

/** A tool, or one of its upstreams (null: its own endpoint), that this process takes to be down. */
export type OpenBreaker = { toolId: string; upstream: string | null }

/** What is down as far as this process knows. */
export function openBreakers(): OpenBreaker[] {
  const open = [...breakers()].filter(([, { breaker }]) => breaker.isOpen)
  return open.map(([key]) => {
    const [toolId = '', ...upstream] = key.split(' ')
    return { toolId, upstream: upstream.length > 0 ? upstream.join(' ') : null }
  })
}

/** Gives this tool breakers of its own, which go with it: what a trial finds says nothing to others. */
export function setApart(tool: Tool): void {
  apart().set(tool, new Map())
}

/** Whether the tool is a draft that somebody tries. */
export const isApart = (tool: Tool): boolean => apart().has(tool)

const apart = () => perProcess('tools.breakers-apart', () => new WeakMap<Tool, Map<string, Kept>>())
