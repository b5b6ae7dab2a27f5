import type { Payload } from 'payload'
import { ensureFirstAdmin } from '../domain/accounts/admins'
import { drain } from '../domain/calls/in-flight'
import { drainSettlements } from '../domain/usage/metering'
import { hubApi } from '../http/api/hub-api'
import { generatedApi } from '../http/payload/generated-api'
import { createHttpServer } from '../http/server/http'
import type { Panel } from '../http/server/panel-port'
import { ConfigError } from '../platform/config/environment'
import { migrateUp } from '../platform/database/migrate'
import { flushLog, type Log } from '../platform/log/log'
import { closeToolAgent } from '../platform/outbound/agent'
import { hubLog, type Runtime, runtime } from '../platform/runtime/runtime'
import { banner } from './banner'
import { closeGracefully } from './close'
import type { Prepared } from './environment'
import { nodeAdvice } from './node-version'
import { startPanel } from './panel'
import { openPayload } from './payload'
import { sealSecretsAgain } from './seal-again'
import { seed } from './seed'
import { startTimers } from './timers'

/**
 * Puts the hub together: database to its newest schema, first plans, tools and admin, timers, HTTP, panel.
 * Prints where everything is. Ends the process on SIGTERM, SIGINT, or when its launcher is gone.
 */
export async function startHub(prepared: Prepared): Promise<void> {
  const run = runtime()
  const { config, pool } = run
  const log = hubLog()
  const advice = nodeAdvice(process.version)
  if (advice) log.warn({ node: process.version }, advice)
  const payload = await openPayload()
  await migrateUp(payload, config.databaseUrl as string, async () => {
    await seed(payload, pool)
    await sealSecretsAgain(pool, run.secret, log)
  })
  const admin = await ensureFirstAdmin(pool, config)
  const stopTimers = await startTimers()
  const { http, panel } = await open(run, payload, log)
  // Before the hub reports that it is ready: a signal right after that must end it properly.
  endOnSignal(log, async () =>
    closeGracefully({
      http,
      log,
      steps: [
        { name: 'calls', run: drain },
        { name: 'settlements', run: drainSettlements },
        { name: 'timers', run: stopTimers },
        { name: 'panel', run: async () => panel?.close() },
        { name: 'tools', run: closeToolAgent },
        { name: 'payload', run: () => payload.destroy() },
        { name: 'pool', run: () => pool.end() },
        { name: 'database', run: async () => prepared.database?.stop() },
      ],
    }),
  )
  process.stdout.write(
    config.logLevel === 'silent' ? '' : banner(config, admin, prepared.database?.dataDir ?? null),
  )
  process.send?.('ready')
}

async function open({ config }: Runtime, payload: Payload, log: Log) {
  const dev = process.env.HUB_LIVE_RELOAD === 'true'
  const panel = config.panel
    ? await startPanel({ dir: process.cwd(), dev, host: config.host, port: config.port })
    : null
  const http = createHttpServer({
    api: hubApi(payload),
    generated: generatedApi(payload.config),
    panel,
    payloadConfig: payload.config,
    trustProxy: config.trustProxy,
    secure: config.hubUrl.startsWith('https:'),
    log,
  })
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => reject(portInUse(error, config.port)))
    http.listen(config.port, config.host, resolve)
  })
  return { http, panel: panel as Panel | null }
}

function portInUse(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== 'EADDRINUSE') return error
  return new ConfigError(`PORT: ${port} is in use. Stop what listens there, or set another PORT`)
}

function endOnSignal(log: Log, close: () => Promise<number>): void {
  let closing = false
  const end = () => {
    if (closing) return
    closing = true
    void close().then(async (code) => {
      await flushLog(log)
      process.exit(code)
    })
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  if (process.send) process.on('disconnect', end)
}
