import type { Pool } from 'pg'
import { v7 } from 'uuid'
import { sqlState } from '../../platform/database/sql'
import { UnderWay } from '../../platform/kernel/under-way'
import { touchLastUsed } from '../accounts/last-used'
import { rememberRefusedKey } from '../accounts/refused-keys'
import { plansThatOpen } from '../billing/plans'
import { admissionQueue } from './admission'
import type { Batcher } from './batcher'
import type { Admission, AdmissionRequest, Settlement } from './call'
import { ledgerConnection } from './ledger-connection'
import { ABANDONED, settlementQueue } from './settlement'

/** The ledger's interface for one instance of the hub: every call is admitted and settled through it. */
export type Meter = {
  readonly instanceId: string
  /** Decides about a call. For an admitted call its row and hold are committed. Rejects while the database is away. */
  admit: (call: AdmissionRequest) => Promise<Admission>
  /** Charges a call once and releases its hold. Waits while the database is away; a second settlement changes nothing. */
  settle: (settlement: Settlement) => Promise<void>
  /** Resolves when nothing is left to settle. */
  drain: () => Promise<void>
  /** Closes the meter's own connections, after the last settlement. */
  close: () => Promise<void>
  /** Settlements that are not committed yet. */
  readonly unsettled: number
}

/**
 * Creates the meter of one instance. Calls that arrive while a statement runs are committed together in the next one.
 * `admission-sql.ts` and `settlement-sql.ts` say what is guaranteed under concurrency, with any number of instances.
 */
export function createMeter(pool: Pool, instanceId: string = v7()): Meter {
  const connections = {
    admission: ledgerConnection(pool),
    settlement: ledgerConnection(pool),
  }
  const settlements = settlementQueue(connections.settlement, () => pool.ending)
  const open = new UnderWay()
  const settle = (settlement: Settlement) => {
    open.begin()
    return untilSettled(pool, settlements, settlement).finally(() => open.end())
  }
  const admissions = admissionQueue(
    connections.admission,
    (calls) => void releaseUnknown(pool, settle, calls),
  )
  return {
    instanceId,
    admit: async (call) => {
      const admission = await admissions.add({ instanceId, ...call })
      noteKeyUse(call, admission)
      return withPlans(pool, admission)
    },
    settle,
    drain: async () => {
      while (open.count > 0) await open.none()
    },
    close: async () => {
      await Promise.all([connections.admission.end(), connections.settlement.end()])
    },
    get unsettled() {
      return open.count
    },
  }
}

/** Errors that the same statement would cause again: a value, a constraint, the statement itself. */
const LASTING = /^(22|23|42)/
const LONGEST_PAUSE_MS = 1_000

/** Retries the settlement as long as its failure may be temporary: a lock, a cancelled statement. */
async function untilSettled(
  pool: Pool,
  queue: Batcher<Settlement, void>,
  settlement: Settlement,
): Promise<void> {
  for (let pauseMs = 50; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await queue.add(settlement)
    } catch (error) {
      if (pool.ending || LASTING.test(sqlState(error) ?? '')) throw error
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
}

/** The plans that open the tool, read by a separate query: its failure must not affect the batch, which is committed. */
async function withPlans(pool: Pool, admission: Admission): Promise<Admission> {
  if (admission.admitted || admission.reason !== 'plan-too-low') return admission
  return { ...admission, opensWith: await plansThatOpen(pool, admission.minimumTier) }
}

/** Notes the same about a key as sign-in does: used just now, or refused (so that a flood of requests costs nothing). */
function noteKeyUse(call: AdmissionRequest, admission: Admission): void {
  if (call.credential.kind !== 'api-key') return
  if (admission.admitted && admission.apiKeyId) touchLastUsed(admission.apiKeyId)
  if (!admission.admitted && admission.reason === 'unauthorized') {
    rememberRefusedKey(call.credential.keyHash, admission.keyIsStored)
  }
}

/**
 * The connection broke during an admission: we do not know whether it was committed, and its callers got an error. If
 * the row exists, its hold is released as soon as the database responds.
 */
async function releaseUnknown(
  pool: Pool,
  settle: (settlement: Settlement) => Promise<void>,
  calls: AdmissionRequest[],
): Promise<void> {
  const ids = calls.map(({ usageId }) => usageId)
  const open = await untilFound(pool, ids)
  const error = {
    status: 'error',
    tokens: 0,
    source: 'unknown',
    durationMs: 0,
    errorCode: ABANDONED,
  } as const
  await Promise.allSettled(open.map(({ id, user_id }) => settle({ usageId: id, userId: user_id, ...error })))
}

/** The rows among these that exist and are pending. The database is probably away, so this asks until it responds. */
async function untilFound(pool: Pool, ids: string[]): Promise<Array<{ id: string; user_id: string }>> {
  for (let pauseMs = 50; !pool.ending; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const found = await pool
      .query<{ id: string; user_id: string }>(
        `select id, user_id from usage_logs where id = any ($1::uuid[]) and status = 'pending'`,
        [ids],
      )
      .catch(() => null)
    if (found) return found.rows
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  return []
}
