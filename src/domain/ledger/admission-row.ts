import type { Tier } from '../billing/plans'
import type { CallLimits, Refusal, TokensSeen } from './call'

/** What admission returns for a call. Fields that a refusal did not reach (a plan, a balance) are null. */
export type AdmissionRow = {
  /** The call's position in the batch, from 1. */
  ord: number
  refusal: Refusal['reason'] | 'again' | null
  user_id: string
  api_key_id: string | null
  key_is_stored: boolean
  expired: boolean
  take: number
  plan_name: string
  minimum_tier: Tier
  token_limit: number
  used: number
  held: number
  period_ends_at: Date
  requests_per_minute: number
  burst: number
  calls_at_once: number
  rate_wait_ms: number
}

/** The plan's limits, and the part of the burst that is left after this call. */
export function callLimits(row: AdmissionRow): CallLimits {
  const stepMs = 60_000 / row.requests_per_minute
  return {
    requestsPerMinute: row.requests_per_minute,
    burst: row.burst,
    callsAtOnce: row.calls_at_once,
    requestsRemaining: Math.max(0, Math.floor(row.burst - row.rate_wait_ms / stepMs + 1e-6)),
    resetMs: Math.max(0, Math.ceil(row.rate_wait_ms)),
  }
}

/** The balance that a refusal for tokens was based on. */
export function tokensSeen(row: AdmissionRow): TokensSeen {
  return {
    tokenLimit: row.token_limit,
    tokensUsed: row.used,
    tokensHeld: row.held,
    tokensRemaining: Math.max(0, row.token_limit - row.used - row.held),
    periodEndsAt: row.period_ends_at,
  }
}
