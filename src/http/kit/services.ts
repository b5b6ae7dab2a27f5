import type { Payload } from 'payload'
import type { Pool } from 'pg'
import type { Config } from '../../platform/config/environment'
import type { Log } from '../../platform/log/log'

/** What the API needs of the process that it lives in. `secret` is the one that the hub's keys are derived from. */
export interface Services {
  config: Config & { secret: string }
  pool: Pool
  payload: Payload
  log: Log
}
