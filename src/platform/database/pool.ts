import pg, { type Pool } from 'pg'
import { perProcess } from '../kernel/process'

/**
 * Settings of each connection. The hub never locks a row for long, so a statement that waits three seconds for a lock fails
 * instead of blocking those behind it. JIT is off: compiling takes longer than running any of our statements. A process that
 * hangs in the middle of a transaction loses its locks.
 */
const SETTINGS = '-c lock_timeout=3000 -c jit=off -c idle_in_transaction_session_timeout=600000'

/**
 * Settings of Payload's connections. Callers choose their own filters and sorting, so their statements time out after
 * ten seconds.
 */
export const PAYLOAD_SETTINGS = `${SETTINGS} -c statement_timeout=10000`

/**
 * The hub's own pool, one per process, in addition to the pool of Payload's adapter. `size` is its maximum number of
 * connections.
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
 * Keeps the process alive when the database ends connections of this pool: one listener for idle connections, one for
 * connections in use between two statements. Payload adds neither to its own pool.
 */
export function outliveConnections(pool: Pick<Pool, 'on'>): void {
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
}

/** Divides `total` connections: most for the hub's own statements, the rest for Payload. */
export function sharePool(total: number): { hub: number; payload: number } {
  const payload = Math.max(4, Math.floor(total / 3))
  return { hub: Math.max(2, total - payload), payload }
}
