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
 * Starts whatever the hub does by itself, once a process; answers how to stop it. The ledger's lease stands when this
 * resolves: no call may be admitted before.
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
 * The same on a plain Next host, where no server of the hub's has started them: the first call does. While the database
 * is away the call continues and fails on its own query; the next call tries again.
 */
export async function timersRun(): Promise<void> {
  const log = hubLog()
  await Promise.all([startTimers(), secretsSealed(log)]).catch((err) =>
    log.warn({ err }, 'the timers could not be started'),
  )
}

/** What the hub's own start does under the migration's lock; once a process. */
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

/** What a price closes is said once a start, as a new hub comes with plans that have one. */
async function sayClosedPlans(pool: Pool, log: Log): Promise<void> {
  const plans = await closedPlans(pool)
  if (plans.length > 0)
    log.warn({ plans }, `users cannot choose plans that have a price. ${CLOSED_PLANS_ADVICE}`)
}
