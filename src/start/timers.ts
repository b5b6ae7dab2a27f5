import type { Pool } from 'pg'
import { noteCookieNames } from '../domain/accounts/payload/old-cookies'
import { startAccountsTimers } from '../domain/accounts/timers'
import { startAlertTimers } from '../domain/alerts/timers'
import { CLOSED_PLANS_ADVICE, closedPlans } from '../domain/billing/offer'
import { startRefusalTimers } from '../domain/refusals/keep-refusal'
import { startMcpWatch } from '../domain/tools/mcp/watch'
import { startMeteringTimers } from '../domain/usage/metering'
import { perProcess, setPerProcess } from '../platform/kernel/process'
import type { Log } from '../platform/log/log'
import { startMailSender } from '../platform/mail/sender'
import { hubLog, runtime } from '../platform/runtime/runtime'
import { sealSecretsAgain } from './seal-again'

type Stop = () => Promise<void>

/**
 * Starts the hub's background jobs, once per process, and returns a function that stops them. When this resolves, the process
 * has its lease in the ledger: no call may be admitted before.
 */
export function startTimers(): Promise<Stop> {
  return perProcess('timers', async () => {
    const log = hubLog()
    try {
      return await startAll(log)
    } catch (error) {
      setPerProcess('timers', undefined)
      throw error
    }
  })
}

/**
 * The same on a plain Next host, which has no server of the hub: the first call starts them. While the database is away,
 * the call continues and fails on its own query. The next call tries again.
 */
export async function timersRun(): Promise<void> {
  const log = hubLog()
  await Promise.all([startTimers(), secretsSealed(log)]).catch((err) =>
    log.warn({ err }, 'the timers could not be started'),
  )
}

/** Encrypts secrets of earlier versions again, once per process. The hub's own start does this under the migration lock. */
function secretsSealed(log: Log): Promise<void> {
  return perProcess('secrets-sealed', () => {
    const { pool, secret } = runtime()
    return sealSecretsAgain(pool, secret, log).catch((error: unknown) => {
      setPerProcess('secrets-sealed', undefined)
      throw error
    })
  })
}

async function startAll(log: Log): Promise<Stop> {
  const { config, pool, secret } = runtime()
  await noteCookieNames()
  await sayClosedPlans(pool, log)
  const metering = await startMeteringTimers(pool, (err) =>
    log.warn({ err }, 'the ledger could not be tended'),
  )
  const stops = [
    metering.stop,
    startAccountsTimers(pool, log),
    startMailSender(pool, config, log),
    startRefusalTimers(pool, log),
    startMcpWatch(pool, log),
    startAlertTimers({ pool, config: { ...config, secret } }, log),
  ]
  return async () => {
    await Promise.all(stops.map((stop) => stop()))
  }
}

/** Logs once per start which plans are closed because of their price: a new hub has such plans. */
async function sayClosedPlans(pool: Pool, log: Log): Promise<void> {
  const plans = await closedPlans(pool)
  if (plans.length > 0)
    log.warn({ plans }, `users cannot choose plans that have a price. ${CLOSED_PLANS_ADVICE}`)
}
