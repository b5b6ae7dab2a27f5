/** A call as it was admitted; `counts` if it was admitted under the plan in question. */
export type PastCall = { id: string; at: Date; tokens: number; counts: boolean }

/** A call with the time when it ended. */
export type PastFlight = PastCall & { until: Date }

/** Extra tokens of the period, while they counted. */
export type PastGrant = { tokens: number; from: Date; until: Date }

export type Stopped = { firstAt: Date; calls: number; tokens: number }

/**
 * Replays the calls of one period, in their order, with another token limit. A call that does not fit is refused and
 * uses nothing, so a smaller one after it may pass. Returns the calls that would have been refused. Calls of another
 * plan count as used and are never refused. Calls that another limit refuses first are neither used nor refused for
 * tokens.
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

/** Limits of rate and calls at once; null means that the limit is not simulated. */
export type Pace = { rate: { requestsPerMinute: number; burst: number } | null; callsAtOnce: number | null }

export type PaceRefusal = { call: PastFlight; by: 'rate' | 'calls at once' }

/**
 * Replays calls with other limits of rate and calls at once, by admission's own rules and in its order. First the
 * rate (GCRA): one interval is a minute divided by the calls per minute, and a burst may run ahead by (burst − 1)
 * intervals. Then calls at once: a call is refused if it starts while that many are in flight; each keeps its real
 * duration. A refused call counts for neither limit.
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

/** The total of the refused calls (in their order) since a day; null if there are none. */
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
