import { setTimeout as delay } from 'node:timers/promises'
import { waitBefore } from '../../platform/outbound/backoff'
import { unavailable } from '../tools/adapters/adapter'
import { breakerOf } from '../tools/breakers'
import type { Model, Tool, Upstream } from '../tools/tool'
import type { ModelAdapter, ModelFailure, Target } from './adapter'
import { modelAdapters } from './adapters'
import { failureOfError } from './failures'
import { pause, pauseLeft } from './pauses'
import { targetOf } from './target'

type Attempt<Answer> = (adapter: ModelAdapter, target: Target) => Promise<Answer | ModelFailure>

/**
 * Calls the tool's upstreams one after the other, in their order or by weight, until one succeeds or its failure shows that
 * another upstream would fail too. It skips upstreams whose breaker is open or that are paused. If none was reachable, it
 * tries all of them again, up to the tool's `retries`, with random waits that double. The signal ends it.
 */
export async function overUpstreams<Answer extends { ok: true }>(
  tool: Tool & { model: Model },
  { callerId, signal }: { callerId: string; signal: AbortSignal },
  attempt: Attempt<Answer>,
): Promise<Answer | ModelFailure> {
  for (let pass = 0; ; pass += 1) {
    const failures: ModelFailure[] = []
    for (const upstream of orderOf(tool.model)) {
      const answer = await tryOne(tool, upstream, callerId, attempt)
      if (answer.ok) return answer
      failures.push(answer)
      if (!answer.tryNext || signal.aborted) return answer
    }
    if (pass >= tool.retries || !failures.some(isTransient)) return mostInformative(failures)
    await delay(waitBefore(pass), undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return failureOfError(null, signal)
  }
}

/** Unreachable, or 502, 503, 504: a retry in a moment may help. */
const isTransient = ({ code, health }: ModelFailure) => code === 'TOOL_UNAVAILABLE' && health === 'down'

/** The failure to report: the last one of a call, or of a breaker if there was no call. */
function mostInformative(failures: ModelFailure[]): ModelFailure {
  const called = failures.filter(({ retryAfterMs }) => retryAfterMs === undefined)
  return (called.at(-1) ?? failures.at(-1)) as ModelFailure
}

async function tryOne<Answer extends { ok: true }>(
  tool: Tool,
  upstream: Upstream,
  callerId: string,
  attempt: Attempt<Answer>,
): Promise<Answer | ModelFailure> {
  const paused = pauseLeft(tool, upstream, callerId)
  if (paused > 0)
    return { ...unavailable('it asked to be left alone', 'unknown'), retryAfterMs: paused, tryNext: true }
  const target = targetOf(tool, upstream)
  const adapter = modelAdapters[upstream.adapter]
  if (typeof target === 'string') return { ...unavailable(target, 'unknown'), tryNext: true }
  const breaker = breakerOf(tool, upstream.name)
  const pass = breaker.enter(callerId)
  if ('retryAfterMs' in pass)
    return { ...unavailable('its breaker is open', 'unknown'), ...pass, tryNext: true }
  const answer = await attempt(adapter, target)
  breaker.report(pass, answer.ok ? 'up' : answer.health)
  if (!answer.ok && answer.retryAfterMs !== undefined)
    pause(tool, upstream, answer.retryAfterMs, answer.namedNoTime ? callerId : null)
  return answer
}

/** In their order, or in a random order weighted by their shares. Upstreams without a share are last. */
function orderOf({ routing, upstreams }: Model): Upstream[] {
  if (routing === 'order') return upstreams
  const left = [...upstreams]
  const order: Upstream[] = []
  while (left.length > 0) {
    let at = Math.random() * left.reduce((sum, { share }) => sum + share, 0)
    const found = left.findIndex(({ share }) => {
      at -= share
      return share > 0 && at < 0
    })
    order.push(...left.splice(Math.max(found, 0), 1))
  }
  return order
}
