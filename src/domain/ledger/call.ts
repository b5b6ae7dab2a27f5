import type { Credential } from '../accounts/credential'
import type { Tier } from '../billing/plans'

/**
 * How many tokens a call sets aside: 'exact' is refused where it does not fit, 'up-to' is cut to what is left, but not
 * below `least` (1 unless given).
 */
export type Hold = { tokens: number; mode: 'exact' | 'up-to'; least?: number }

export type AdmissionRequest = {
  credential: Credential
  toolId: string
  /** The revision of the tool that the input was validated against. */
  toolRevision: number
  /** From newUsageId(); the row's id, and what settle() is called with. */
  usageId: string
  requestId: string
  hold: Hold
  /** When the tool's time is over, from now; the hold falls 30 s later at the latest. */
  deadlineMs: number
  /** `bodyHash` is hex; the same key with another body is a mismatch. */
  idempotency?: { key: string; bodyHash: string }
  /** A test's clock; null or absent: the database's. */
  now?: Date | null
}

/** What a refusal for tokens tells the caller. */
export type TokensSeen = {
  tokenLimit: number
  tokensUsed: number
  tokensHeld: number
  tokensRemaining: number
  periodEndsAt: Date
}

/** The plan's limits and where the caller stands, for the `RateLimit` fields. */
export type CallLimits = {
  requestsPerMinute: number
  burst: number
  callsAtOnce: number
  /** Requests that may follow at once, and the time until the whole burst is there again. */
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
  /** All tokens of a period, extra ones included. */
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
  /** What is charged; an error or a timeout is 0 unless something was really delivered. */
  tokens: number
  source: 'reported' | 'counted' | 'fixed' | 'partial' | 'estimated' | 'unknown'
  durationMs: number
  /** The provider's own counts of a model's call, whatever was charged. */
  modelTokens?: ModelTokens | null
  /** Until the first piece of a stream. */
  firstTokenMs?: number | null
  errorCode?: string | null
  /** The answer of a call with an Idempotency-Key, as JSON text: given again byte for byte. */
  answer?: string | null
  /** A test's clock; null or absent: the database's. */
  now?: Date | null
}

/** Cached input and what was written to a cache are parts of the input, reasoning is a part of the output. */
export type ModelTokens = {
  inputTokens: number
  cachedInputTokens: number
  cacheWrite5mTokens?: number
  cacheWrite1hTokens?: number
  outputTokens: number
  reasoningTokens: number
}
