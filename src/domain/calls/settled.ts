import type { Admitted, Settlement } from '../ledger/call'
import type { ToolFailure } from '../tools/call-tool'
import { settle } from '../usage/metering'
import type { CallDeps } from './admit-call'
import { keepUntilSettled } from './in-flight'

/** While the database is away, the hub tries to settle without a time limit, but the caller waits no longer than this. */
const WAIT_FOR_SETTLEMENT_MS = 5_000

/** Settles. The caller waits some seconds at most; the settlement itself never gives up. */
export function settled(deps: CallDeps, settlement: Settlement): Promise<void> {
  const done = settle(settlement).catch((error: unknown) => {
    deps.log.error({ err: error, usage_id: settlement.usageId }, 'settlement')
  })
  keepUntilSettled(done)
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, WAIT_FOR_SETTLEMENT_MS)
    void done.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/**
 * Does the work of an admitted call, which includes its settlement. If it throws before that, the call is settled
 * here, free of charge: its tokens must not stay held. A call that is already settled does not change.
 */
export async function settledInAnyCase<T>(
  deps: CallDeps,
  { userId, usageId }: Admitted,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now()
  try {
    return await work()
  } catch (error) {
    const durationMs = Math.round(performance.now() - startedAt)
    const failed = { status: 'error', tokens: 0, source: 'unknown', errorCode: 'INTERNAL' } as const
    await settled(deps, { userId, usageId, durationMs, ...failed })
    throw error
  }
}

type Ended = Omit<Settlement, 'usageId' | 'userId'>

/** A tool that fails or takes too long costs nothing. */
export function failed({ code, status }: ToolFailure, durationMs: number): Ended {
  return { status, tokens: 0, source: 'unknown', durationMs, errorCode: code }
}

export const CALLER_GONE = 'CALLER_GONE'
