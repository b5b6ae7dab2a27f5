import { v7 } from 'uuid'
import { perProcess } from '../../platform/kernel/process'

const clock = () => perProcess('metering.clock', () => ({ aheadMs: 0 }))

/**
 * A new id of a usage row. It carries the time by which the row is listed, rolled up and partitioned, so it
 * follows the database's clock (as last measured by the lease), or `now` where one is given.
 */
export function newUsageId(now: Date | null = null): string {
  return now === null && clock().aheadMs === 0
    ? v7()
    : v7({ msecs: now?.getTime() ?? Date.now() + clock().aheadMs })
}

/** Tells how many milliseconds the database's clock is ahead of this process's; below 50 counts as equal. */
export function setDatabaseClockAhead(aheadMs: number): void {
  clock().aheadMs = Math.abs(aheadMs) < 50 ? 0 : Math.round(aheadMs)
}
