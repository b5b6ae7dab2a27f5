import { every, type WarnLog, warnOf } from '../../platform/log/every'
import type { AlertsDeps } from './alert'
import { deliverWebhooks } from './deliver'
import { deleteOldAlerts, noteMails } from './upkeep'
import { watchLedger } from './watch-ledger'
import { watchReports } from './watch-reports'
import { watchTools } from './watch-tools'
import { watchUsage } from './watch-usage'

const LOOK_MS = 15_000
const DELIVER_MS = 2_000
const CLEAN_MS = 3_600_000

/**
 * Looks for new alerts every 15 s, and for due webhook calls every 2 s. Any number of instances may run it. Returns a
 * function that stops it and waits for running work.
 */
export function startAlertTimers(deps: AlertsDeps, log: WarnLog): () => Promise<void> {
  const look = async () => {
    await watchUsage(deps)
    await watchTools(deps)
    await watchReports(deps)
    await watchLedger(deps)
    await noteMails(deps.pool)
  }
  const stops = [
    every(LOOK_MS, look, warnOf(log, 'alerts could not be looked for')),
    every(DELIVER_MS, () => deliverWebhooks(deps), warnOf(log, 'alerts could not be delivered')),
    every(CLEAN_MS, () => deleteOldAlerts(deps.pool), warnOf(log, 'old alerts could not be removed')),
  ]
  return async () => {
    await Promise.all(stops.map((stop) => stop()))
  }
}
