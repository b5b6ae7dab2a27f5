import type { Credential } from '../accounts/credential'
import type { Tier } from '../billing/plans'

/**
 * How many tokens a call holds: 'exact' is refused where it does not fit; 'up-to' is reduced to what is left, but not
 * below `least` (default: 1).
 */
export type Hold = { tokens: number; mode: 'exact' | 'up-to'; least?: number }

export type AdmissionRequest = {
  credential: Credential
  toolId: string
  /** The revision of the tool that the input was validated against. */
  toolRevision: number
  /** From newUsageId(): the row's id, which settle() needs too. */
  usageId: string
  requestId: string
  hold: Hold
  /** The tool's timeout, counted from now; the hold is released at most 30 s after it. */
  deadlineMs: number
  /** `bodyHash` is hex; the same key with a different body is a mismatch. */
  idempotency?: { key: string; bodyHash: string }
  /** A test's clock. Null or absent: the database's clock. */
  now?: Date | null
}

/** The figures that a caller gets with a refusal for tokens. */
export type TokensSeen = {
  tokenLimit: number
  tokensUsed: number
  tokensHeld: number
  tokensRemaining: number
  periodEndsAt: Date
}

/** The plan's limits and how much of them the caller has left, for the `RateLimit` fields. */
export type CallLimits = {
  requestsPerMinute: number
  burst: number
  callsAtOnce: number
  /** Requests that may follow at once, and the time until the whole burst is available again. */
  requestsRemaining: number
  resetMs: number
}

export type Admitted = {
  admitted: true
  userId: string
  apiKeyId: string | null
  usageId: string
  tokensHeld: number
  plan: string
  /** All tokens of a period, including extra ones. */
  tokenLimit: number
  limits: CallLimits
}

export type Refusal =
  | {
      admitted: false
      reason: 'unauthorized' /** A key that exists but is not live. */
      keyIsStored: boolean
    }
  | { admitted: false; reason: 'stale' }
  | { admitted: false; reason: 'idempotency-known'; userId: string }
  | { admitted: false; reason: 'paused'; userId: string }
  | { admitted: false; reason: 'no-subscription'; userId: string; expired: boolean }
  | {
      admitted: false
      reason: 'plan-too-low'
      userId: string
      plan: string
      minimumTier: Tier
      opensWith: string[]
    }
  | {
      admitted: false
      reason: 'rate-limited' | 'too-many-at-once'
      userId: string
      retryAfterMs: number
      limits: CallLimits
    }
  | {
      admitted: false
      reason: 'spent' | 'too-large' | 'held'
      userId: string
      seen: TokensSeen
      limits: CallLimits
    }

export type Admission = Admitted | Refusal

export type Settlement = {
  usageId: string
  userId: string
  status: 'success' | 'error' | 'timeout'
  /** The tokens charged. An error or a timeout costs 0 unless something was delivered. */
  tokens: number
  source: 'reported' | 'counted' | 'fixed' | 'partial' | 'estimated' | 'unknown'
  durationMs: number
  /** The provider's own token counts for a call of a model, independent of the charge. */
  modelTokens?: ModelTokens | null
  /** The time until the first piece of a stream. */
  firstTokenMs?: number | null
  errorCode?: string | null
  /** The response of a call with an Idempotency-Key, as JSON text; a repeated request gets it byte for byte. */
  answer?: string | null
  /** A test's clock. Null or absent: the database's clock. */
  now?: Date | null
}

/** Cached input and input written to a cache are parts of the input; reasoning is a part of the output. */
export type ModelTokens = {
  inputTokens: number
  cachedInputTokens: number
  cacheWrite5mTokens?: number
  cacheWrite1hTokens?: number
  outputTokens: number
  reasoningTokens: number
}
