import { type AdmissionRow, callLimits, tokensSeen } from './admission-row'
import { ADMIT, ADMIT_RARE } from './admission-sql'
import type { Admitting } from './admission-values'
import { Batcher, type Verdict } from './batcher'
import type { Admission, AdmissionRequest, Admitted } from './call'
import type { LedgerConnection } from './ledger-connection'

/** The queue that commits this instance's admissions. Each connection has one queue. */
export function admissionQueue(connection: LedgerConnection, onAway: (calls: AdmissionRequest[]) => void) {
  return new Batcher<Admitting, Admission>({
    run: (items) => admitBatch(connection, items),
    group: (call) => call.now?.getTime() ?? null,
    onAway: (calls) => {
      onAway(calls)
      return false
    },
  })
}

async function admitBatch(
  connection: LedgerConnection,
  items: Array<{ item: Admitting; attempt: number }>,
): Promise<Array<Verdict<Admission>>> {
  const calls = items.map(({ item }) => item)
  // A call that the usual statement leaves undecided comes back; then the full statement decides it.
  const isRare = items.some(({ item, attempt }) => attempt > 0 || item.idempotency)
  const { rows } = await connection.query<AdmissionRow>(isRare ? ADMIT_RARE(calls) : ADMIT(calls))
  const verdicts = new Array<Verdict<Admission>>(calls.length)
  for (const row of rows) verdicts[row.ord - 1] = toVerdict(row, calls[row.ord - 1] as Admitting)
  return verdicts
}

function toVerdict(row: AdmissionRow, call: Admitting): Verdict<Admission> {
  return row.refusal === 'again' ? { done: false } : { done: true, answer: toAdmission(row, call) }
}

/** Converts a decided row to the caller's result. */
export function toAdmission(row: AdmissionRow, call: Admitting): Admission {
  const { user_id: userId, refusal: reason } = row
  const limits = callLimits(row)
  switch (reason) {
    case null:
      return toAdmitted(row, call)
    case 'unauthorized':
      return { admitted: false, reason, keyIsStored: row.key_is_stored }
    case 'stale':
      return { admitted: false, reason }
    case 'paused':
    case 'idempotency-known':
      return { admitted: false, reason, userId }
    case 'no-subscription':
      return { admitted: false, reason, userId, expired: row.expired }
    case 'plan-too-low':
      return {
        admitted: false,
        reason,
        userId,
        plan: row.plan_name,
        minimumTier: row.minimum_tier,
        opensWith: [],
      }
    case 'rate-limited':
      return { admitted: false, reason, userId, retryAfterMs: limits.resetMs - burstMs(row), limits }
    case 'too-many-at-once':
      return { admitted: false, reason, userId, retryAfterMs: 1000, limits }
    case 'spent':
    case 'too-large':
    case 'held':
      return { admitted: false, reason, userId, seen: tokensSeen(row), limits }
    case 'again':
      throw new Error('An undecided call was answered')
  }
}

function toAdmitted(row: AdmissionRow, { usageId }: Admitting): Admitted {
  const { user_id: userId, api_key_id: apiKeyId, take: tokensHeld, plan_name: plan } = row
  const { token_limit: tokenLimit } = row
  return { admitted: true, userId, apiKeyId, usageId, tokensHeld, plan, tokenLimit, limits: callLimits(row) }
}

/** A request is admitted again as soon as one place of the burst is free. */
const burstMs = (row: AdmissionRow) => ((row.burst - 1) * 60_000) / row.requests_per_minute
