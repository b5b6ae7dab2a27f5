import pg from 'pg'
import type { AdmissionRequest } from '../../src/domain/ledger/call'
import { createMeter } from '../../src/domain/ledger/meter'

/**
 * One hub's ledger in a process of its own: admits and settles what its parent sends, all at once, and answers
 * how many were admitted. `settleTokens` is what each admitted call really used; null leaves them in flight.
 */
export type Work = { url: string; calls: AdmissionRequest[]; settleTokens: number | null; retryHeld: boolean }

process.once('message', async (work: Work) => {
  const pool = new pg.Pool({ connectionString: work.url, max: 4 })
  const meter = createMeter(pool)
  const run = async (call: AdmissionRequest): Promise<boolean> => {
    const answer = await meter.admit(call)
    if (!answer.admitted) return work.retryHeld && answer.reason === 'held' ? run(call) : false
    if (work.settleTokens === null) return true
    const end = { status: 'success', tokens: work.settleTokens, source: 'fixed', durationMs: 1 } as const
    await meter.settle({ usageId: call.usageId, userId: answer.userId, ...end })
    return true
  }
  const results = await Promise.all(work.calls.map(run))
  await pool.end()
  process.send?.(results.filter(Boolean).length, () => process.exit(0))
})
