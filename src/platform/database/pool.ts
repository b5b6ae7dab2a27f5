import pg, { type Pool } from 'pg'
import { perProcess } from '../kernel/process'

/**
 * Settings of each connection. Nothing of the hub holds a row for long, so a statement that waits three seconds for a
 * lock is refused rather than keep everybody behind it waiting. Compiling a statement takes longer than running any of
 * ours. A process that hangs in the middle of a transaction loses what it has locked.
 */
const SETTINGS = '-c lock_timeout=3000 -c jit=off -c idle_in_transaction_session_timeout=600000'

/**
 * Settings of Payload's connections. Its callers choose filters and orders of their own, so a statement of theirs is
 * cut off after ten seconds.
 */
export const PAYLOAD_SETTINGS = `${SETTINGS} -c statement_timeout=10000`

/**
 * The hub's own pool, one a process, beside the one that Payload's adapter keeps. `size` is the most
 * connections it opens.
 */
export function hubPool(connectionString: string, size: number): Pool {
  return perProcess('pool', () => openPool(connectionString, size))
}

/** A pool with the hub's settings. */
export function openPool(connectionString: string, size: number): Pool {
  const pool = new pg.Pool({
    connectionString,
    max: size,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: 'hub',
    options: SETTINGS,
  })
  outliveConnections(pool)
  return pool
}

/**
 * Keeps the process alive when the database ends connections of this pool: one listener for those that rest, one for
 * those that are in use and between two statements. Payload has neither for its own.
 */
export function outliveConnections(pool: Pick<Pool, 'on'>): void {
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
}

/** How a pool of `total` connections is shared: most for the hub's own statements, the rest for Payload. */
export function sharePool(total: number): { hub: number; payload: number } {
  const payload = Math.max(4, Math.floor(total / 3))
  return { hub: Math.max(2, total - payload), payload }
}
