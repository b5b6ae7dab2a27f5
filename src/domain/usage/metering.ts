import type { Pool } from 'pg'
import { perProcess, setPerProcess } from '../../platform/kernel/process'
import { every } from '../../platform/log/every'
import { runtime } from '../../platform/runtime/runtime'
import type { Admission, AdmissionRequest, Settlement } from '../ledger/call'
import { endLease, LEASE_RENEWAL_MS, renewLease } from '../ledger/lease'
import { createMeter, type Meter } from '../ledger/meter'
import { sweep } from '../ledger/sweep'
import { keepUp } from '../ledger/upkeep'
import { foldUsage } from './fold'
import { checkNightly } from './ledger-report'
import { dropPastRetention } from './retention'
import { computeUsualTokens, readUsualTokens } from './usual-tokens'

/** The process's meter, on the hub's own pool. */
export function meter(): Meter {
  return perProcess('meter', () => createMeter(runtime().pool))
}

/** Admits a call through this process's meter. */
export const admit = (call: AdmissionRequest): Promise<Admission> => meter().admit(call)

/** Settles a call through this process's meter. */
export const settle = (settlement: Settlement): Promise<void> => meter().settle(settlement)

/** Resolves when this process has nothing left to settle. Call it at shutdown, after the last response. */
export const drainSettlements = (): Promise<void> => meter().drain()

type Timers = { stop: () => Promise<void> }

const SWEEP_MS = 5_000
const SWEEPS_TO_DEADLINES = 6
const FOLD_MS = 60_000
const CHECK_MS = 600_000
const UPKEEP_MS = 3_600_000

/**
 * Starts the timers of the ledger: the lease (every 5 s), the sweep (every 5 s, with deadlines every 30 s), the fold
 * of finished hours (each minute), the nightly ledger check, and upkeep (hourly). Upkeep drops months older than the
 * retention in the settings, or than `retentionMonths` if the settings have none. Resolves after the first lease,
 * which must exist before the first call is admitted. `onError` gets errors of the background work; the next turn
 * tries again.
 */
export async function startMeteringTimers(
  pool: Pool,
  onError: (error: unknown) => void,
  of: Meter = meter(),
  retentionMonths = runtime().config.usageRetentionMonths,
): Promise<Timers> {
  await renewLease(pool, of.instanceId)
  let sweeps = 0
  const timers = [
    every(LEASE_RENEWAL_MS, () => renewLease(pool, of.instanceId), onError),
    every(SWEEP_MS, () => nextSweep(pool, of, sweeps++), onError),
    every(FOLD_MS, () => fold(pool), onError),
    every(CHECK_MS, () => checkAtNight(pool), onError),
    every(UPKEEP_MS, () => keepUpAndDrop(pool, retentionMonths), onError),
  ]
  void keepUp(pool).catch(onError)
  void readUsualTokens(pool).catch(onError)
  return {
    stop: async () => {
      await Promise.all(timers.map((stop) => stop()))
      if (of.unsettled === 0) {
        await endLease(pool, of.instanceId).catch(onError)
        await of.close()
      }
      setPerProcess('meter', undefined)
    },
  }
}

async function fold(pool: Pool): Promise<void> {
  if ((await foldUsage(pool)) > 0) await computeUsualTokens(pool)
  await readUsualTokens(pool)
}

async function keepUpAndDrop(pool: Pool, retentionMonths: number): Promise<void> {
  await keepUp(pool)
  await dropPastRetention(pool, retentionMonths)
}

/** Throws the findings of the nightly check, so that they are reported. */
async function checkAtNight(pool: Pool): Promise<void> {
  const report = await checkNightly(pool)
  if (!report || report.drift_count + report.stray_rows === 0) return
  throw new Error(`The ledger check found ${report.drift_count} drifts and ${report.stray_rows} stray rows`)
}

function nextSweep(pool: Pool, of: Meter, turn: number): Promise<number | null> {
  return sweep(pool, of.settle, null, { deadlines: turn % SWEEPS_TO_DEADLINES === 0, strangers: turn === 0 })
}
