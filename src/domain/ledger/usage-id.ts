import { v7 } from 'uuid'
import { perProcess } from '../../platform/kernel/process'

const clock = () => perProcess('metering.clock', () => ({ aheadMs: 0 }))

/**
 * A new id of a usage row. It contains the time by which the row is listed, rolled up and partitioned. That time
 * follows the database's clock (as the lease last measured it), or `now` if given.
 */
export function newUsageId(now: Date | null = null): string {
  return now === null && clock().aheadMs === 0
    ? v7()
    : v7({ msecs: now?.getTime() ?? Date.now() + clock().aheadMs })
}

/**
 * Sets how many milliseconds the database's clock is ahead of this process's clock. A difference below 50 ms counts
 * as none.
 */
export function setDatabaseClockAhead(aheadMs: number): void {
  clock().aheadMs = Math.abs(aheadMs) < 50 ? 0 : Math.round(aheadMs)
}
