import { perProcess } from '../../platform/kernel/process'
import type { BreakerState } from './breaker'
import { CallerBreaker } from './caller-breaker'
import { MAIN } from './model-row'
import type { Tool } from './tool'

type Kept = { revision: number; breaker: CallerBreaker }

const breakers = () => perProcess('tools.breakers', () => new Map<string, Kept>())

/**
 * The breaker of a tool, or of one of its upstreams, in this process. A changed tool gets a new one, because the
 * admin may have repaired it.
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

/** The state of a breaker in this process, of a tool or one of its upstreams; null if it was not called. */
export function breakerState(toolId: string, upstream = MAIN): BreakerState | null {
  return breakers().get(keyOf(toolId, upstream))?.breaker.state ?? null
}

const keyOf = (toolId: string, upstream: string) => (upstream === MAIN ? toolId : `${toolId} ${upstream}`)

/** A tool, or one of its upstreams (null: its own endpoint), that this process considers down. */
export type OpenBreaker = { toolId: string; upstream: string | null }

/** All tools and upstreams that this process considers down. */
export function openBreakers(): OpenBreaker[] {
  const open = [...breakers()].filter(([, { breaker }]) => breaker.isOpen)
  return open.map(([key]) => {
    const [toolId = '', ...upstream] = key.split(' ')
    return { toolId, upstream: upstream.length > 0 ? upstream.join(' ') : null }
  })
}

/** Gives this tool its own breakers, for its lifetime: a trial does not affect other callers. */
export function setApart(tool: Tool): void {
  apart().set(tool, new Map())
}

/** Whether the tool is a draft in a trial. */
export const isApart = (tool: Tool): boolean => apart().has(tool)

const apart = () => perProcess('tools.breakers-apart', () => new WeakMap<Tool, Map<string, Kept>>())
