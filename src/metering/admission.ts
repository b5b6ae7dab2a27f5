import { type AdmissionRow, callLimits, tokensSeen } from './admission-row'
import { ADMIT_RARE_SQL, ADMIT_SQL } from './admission-sql'
import { bare } from './array-literal'
import { Batcher, type Verdict } from './batcher'
import type { Admission, AdmissionRequest, Admitted, Hold } from './call'
import type { LedgerConnection } from './ledger-connection'

type Admitting = AdmissionRequest & { instanceId: string }

/** The queue through which this instance's admissions are committed; one a connection. */
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
  // What the usual statement does not decide comes again, and then goes by the one that decides everything.
  const isRare = items.some(({ item, attempt }) => attempt > 0 || item.idempotency)
  const { rows } = await connection.query<AdmissionRow>(
    isRare
      ? { name: 'hub_admit_rare', text: ADMIT_RARE_SQL, values: [...columns(calls), ...keyColumns(calls)] }
      : { name: 'hub_admit', text: ADMIT_SQL, values: columns(calls) },
  )
  const verdicts = new Array<Verdict<Admission>>(calls.length)
  for (const row of rows) verdicts[row.ord - 1] = toVerdict(row, calls[row.ord - 1] as Admitting)
  return verdicts
}

function toVerdict(row: AdmissionRow, call: Admitting): Verdict<Admission> {
  return row.refusal === 'again' ? { done: false } : { done: true, answer: toAdmission(row, call) }
}

function columns(calls: Admitting[]): unknown[] {
  const session = (call: Admitting) => (call.credential.kind === 'session' ? call.credential : null)
  return [
    bare(calls.map(({ credential }) => (credential.kind === 'api-key' ? credential.keyHash : null))),
    bare(calls.map((call) => session(call)?.sessionId ?? null)),
    bare(calls.map((call) => session(call)?.userId ?? null)),
    bare(calls.map((call) => call.toolId)),
    bare(calls.map((call) => call.toolRevision)),
    bare(calls.map((call) => Math.max(0, Math.ceil(call.hold.tokens)))),
    bare(calls.map(({ hold }) => leastOf(hold))),
    bare(calls.map((call) => call.usageId)),
    bare(calls.map((call) => call.requestId)),
    bare(calls.map((call) => Math.ceil(call.deadlineMs))),
    calls[0]?.instanceId,
    calls[0]?.now ?? null,
  ]
}

function keyColumns(calls: Admitting[]): unknown[] {
  return [
    calls.map((call) => call.idempotency?.key ?? null),
    calls.map((call) => call.idempotency?.bodyHash ?? null),
  ]
}

/** An exact hold is all or nothing; another is cut, to its least or to one token. */
function leastOf({ mode, tokens, least }: Hold): number {
  const most = Math.max(0, Math.ceil(tokens))
  return mode === 'exact' ? most : Math.max(1, Math.min(most, Math.ceil(least ?? 1)))
}

function toAdmission(row: AdmissionRow, call: Admitting): Admission {
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
  return { admitted: true, userId, apiKeyId, usageId, tokensHeld, plan, limits: callLimits(row) }
}

/** A request is let in again as soon as one place of the burst is free. */
const burstMs = (row: AdmissionRow) => ((row.burst - 1) * 60_000) / row.requests_per_minute
