import type { Pool } from 'pg'
import type { Config } from '../../platform/config/environment'
import type { Sql } from '../../platform/database/sql'
import type { AuditBy, AuditOrigin } from '../audit/record'
import type { LimitSettings } from './limiters'

type Settings =
  | 'accessTokenMinutes'
  | 'bcryptCost'
  | 'emailLinkUrl'
  | 'hashesAtOnce'
  | 'hubUrl'
  | 'refreshTokenDays'
  | 'requireEmailConfirmation'
  | 'sessionMaxDays'

/** The configuration that this folder needs. Its own keys are derived from `secret`. */
export type AccountsConfig = Pick<Config, Settings> & { secret: string }

/**
 * What an operation on accounts needs from the process. `limits` replaces the default limits of sign-in;
 * `onRegistered` runs in the transaction of a registration (it adds the subscription of a new user).
 */
export type AccountsDeps = {
  pool: Pool
  config: AccountsConfig
  limits?: LimitSettings
  onRegistered?: (sql: Sql, userId: string, now: Date | null, by: AuditBy) => Promise<void>
}

/** Where a request came from, as far as the hub knows it; shown to users in their list of sessions. */
export type Origin = AuditOrigin & {
  /** The cookie of a browser that signed in before (`withBrowserProof`), where such a cookie is read. */
  browser?: string | null
}
