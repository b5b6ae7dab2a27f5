import type { Pool } from 'pg'
import { type Config, readConfig } from '../config/environment'
import { hubPool, sharePool } from '../database/pool'
import { perProcess } from '../kernel/process'
import { createLog, type Log } from '../log/log'

/** What everything needs of the process: the validated configuration, the secret, and the hub's own pool. */
export type Runtime = { config: Config; secret: string; pool: Pool }

/** While building there is neither a database nor a secret; nothing is signed or stored with this one. */
const BUILD_SECRET = 'only-for-builds-nothing-is-signed-with-it'
const NO_DATABASE = 'postgres://127.0.0.1:1/none'

/** The process's runtime, made from the environment at first use. Throws `ConfigError` on a bad environment. */
export function runtime(): Runtime {
  return perProcess('runtime', () => {
    const config = readConfig()
    return {
      config,
      secret: config.secret ?? BUILD_SECRET,
      pool: hubPool(config.databaseUrl ?? NO_DATABASE, sharePool(config.databasePoolSize).hub),
    }
  })
}

/** The process's log, at the configured level. */
export const hubLog = (): Log => perProcess('log', () => createLog(runtime().config.logLevel))

/** The connection string for Payload's adapter; one that reaches nothing while building. */
export function databaseUrl(config: Config): string {
  return config.databaseUrl ?? NO_DATABASE
}
