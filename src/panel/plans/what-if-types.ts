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
  /** Played call by call; else reckoned from the sums of days. */
  exact: boolean
}
