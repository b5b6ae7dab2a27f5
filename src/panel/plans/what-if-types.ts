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
