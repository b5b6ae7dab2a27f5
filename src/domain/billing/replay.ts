/** A call as it was admitted; `counts` where it was admitted under the plan that is looked at. */
export type PastCall = { id: string; at: Date; tokens: number; counts: boolean }

/** A call with the moment at which it was answered. */
export type PastFlight = PastCall & { until: Date }

/** Extra tokens of the period, as long as they counted. */
export type PastGrant = { tokens: number; from: Date; until: Date }

export type Stopped = { firstAt: Date; calls: number; tokens: number }

/**
 * Plays the calls of one period again, in their order, against another token limit: a call that does not fit is refused
 * and uses nothing, so a smaller one after it may pass. Answers what would have been refused. Calls of another plan count
 * as used and are never refused; what another limit refuses before is neither used nor refused for tokens.
 */
export function replayTokens(
  calls: readonly PastCall[],
  grants: readonly PastGrant[],
  tokenLimit: number,
  isRefusedBefore: (call: PastCall) => boolean = () => false,
): PastCall[] {
  const refused: PastCall[] = []
  let used = 0
  for (const call of calls) {
    if (isRefusedBefore(call)) continue
    const extra = grants.reduce(
      (sum, { tokens, from, until }) => (from <= call.at && call.at < until ? sum + tokens : sum),
      0,
    )
    if (call.counts && used + call.tokens > tokenLimit + extra) refused.push(call)
    else used += call.tokens
  }
  return refused
}

/** Limits of pace; null is one that is not asked about. */
export type Pace = { rate: { requestsPerMinute: number; burst: number } | null; callsAtOnce: number | null }

export type PaceRefusal = { call: PastFlight; by: 'rate' | 'calls at once' }

/**
 * Plays calls again against another pace, by admission's own rules and in its order. The rate (GCRA): one interval is a
 * minute divided by the calls a minute, and a burst may run ahead by (burst − 1) of them. Then calls at once: one that
 * comes while as many are under way is refused; how long each took is taken as it was. A refused call counts for neither.
 */
export function replayPace(calls: readonly PastFlight[], { rate, callsAtOnce }: Pace): PaceRefusal[] {
  const refused: PaceRefusal[] = []
  const stepMs = rate ? 60_000 / rate.requestsPerMinute : 0
  const aheadMs = rate ? (rate.burst - 1) * stepMs : Infinity
  const most = callsAtOnce ?? Infinity
  let arrival = Number.NEGATIVE_INFINITY
  let flying: number[] = []
  for (const call of calls) {
    const at = call.at.getTime()
    const next = Math.max(arrival, at)
    if (flying.length >= most) flying = flying.filter((until) => until > at)
    if (next - at > aheadMs) refused.push({ call, by: 'rate' })
    else if (flying.length >= most) refused.push({ call, by: 'calls at once' })
    else {
      arrival = next + stepMs
      flying.push(call.until.getTime())
    }
  }
  return refused
}

/** What refused calls, in their order, come to since a day; null for nothing. */
export function tally(refused: readonly PastCall[], since: Date): Stopped | null {
  const late = refused.filter(({ at }) => at >= since)
  const [first] = late
  if (!first) return null
  return {
    firstAt: first.at,
    calls: late.length,
    tokens: late.reduce((sum, { tokens }) => sum + tokens, 0),
  }
}
