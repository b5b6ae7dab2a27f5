/** A call as it was admitted; `counts` where it was admitted under the plan that is looked at. */
export type PastCall = { at: Date; tokens: number; counts: boolean }

/** Extra tokens of the period, as long as they counted. */
export type PastGrant = { tokens: number; from: Date; until: Date }

export type Stopped = { firstAt: Date; calls: number; tokens: number }

/**
 * Plays the calls of one period again, in their order, against another token limit: a call that does not fit is refused
 * and uses nothing, so a smaller one after it may pass. Answers what would have been refused since `since`; null for
 * nothing. Calls of another plan count as used and are never refused.
 */
export function replayTokens(
  calls: readonly PastCall[],
  grants: readonly PastGrant[],
  tokenLimit: number,
  since: Date,
): Stopped | null {
  const stopped = new Tally(since)
  let used = 0
  for (const call of calls) {
    const extra = grants.reduce(
      (sum, { tokens, from, until }) => (from <= call.at && call.at < until ? sum + tokens : sum),
      0,
    )
    if (call.counts && used + call.tokens > tokenLimit + extra) stopped.add(call)
    else used += call.tokens
  }
  return stopped.result
}

/**
 * Plays calls again against another rate, by admission's own rule (GCRA): one interval is a minute divided by the calls
 * a minute, and a burst may run ahead by (burst − 1) of them. Refused calls do not count.
 */
export function replayRate(
  calls: readonly PastCall[],
  { requestsPerMinute, burst }: { requestsPerMinute: number; burst: number },
  since: Date,
): Stopped | null {
  const stopped = new Tally(since)
  const stepMs = 60_000 / requestsPerMinute
  let arrival = Number.NEGATIVE_INFINITY
  for (const call of calls) {
    const at = call.at.getTime()
    const next = Math.max(arrival, at)
    if (next - at > (burst - 1) * stepMs) stopped.add(call)
    else arrival = next + stepMs
  }
  return stopped.result
}

/** A call with the moment at which it was answered. */
export type PastFlight = PastCall & { until: Date }

/**
 * Plays calls again against another number of calls at once: one that comes while as many are under way is refused.
 * A refused call is under way for nobody. How long each took is taken as it was then.
 */
export function replayAtOnce(calls: readonly PastFlight[], callsAtOnce: number, since: Date): Stopped | null {
  const stopped = new Tally(since)
  let flying: number[] = []
  for (const call of calls) {
    const at = call.at.getTime()
    if (flying.length >= callsAtOnce) flying = flying.filter((until) => until > at)
    if (flying.length >= callsAtOnce) stopped.add(call)
    else flying.push(call.until.getTime())
  }
  return stopped.result
}

class Tally {
  #found: Stopped | null = null
  constructor(private readonly since: Date) {}

  add({ at, tokens }: PastCall): void {
    if (at < this.since) return
    this.#found ??= { firstAt: at, calls: 0, tokens: 0 }
    this.#found.calls += 1
    this.#found.tokens += tokens
  }

  get result(): Stopped | null {
    return this.#found
  }
}
