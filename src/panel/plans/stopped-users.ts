export type DraftLimits = {
  tokenLimit: number
  requestsPerMinute: number
  burst: number
  callsAtOnce: number
}

export type StoppedUser = {
  userId: string
  name: string | null
  by: 'tokens' | 'rate' | 'calls at once'
  firstAt: Date
  calls: number
  tokens: number
  /** True if replayed call by call; else estimated from the sums of days. */
  exact: boolean
}

/** Adds what one rule stopped of a user to their line of that rule. */
export function addUp(stopped: Map<string, StoppedUser>, one: StoppedUser | null): void {
  if (!one) return
  const key = `${one.userId} ${one.by}`
  const known = stopped.get(key)
  stopped.set(key, {
    ...one,
    firstAt: known && known.firstAt < one.firstAt ? known.firstAt : one.firstAt,
    calls: one.calls + (known?.calls ?? 0),
    tokens: one.tokens + (known?.tokens ?? 0),
    exact: one.exact && (known?.exact ?? true),
  })
}
