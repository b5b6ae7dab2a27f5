import type { Sql } from '../../platform/database/sql'
import { setDatabaseClockAhead } from './usage-id'

/**
 * An instance renews its lease every five seconds. After fifteen seconds without renewal, other instances settle its
 * calls.
 */
export const LEASE_RENEWAL_MS = 5_000
export const LEASE_SECONDS = 15

/**
 * Renews this instance's lease by the database's clock, and measures how far that clock differs from ours (the ids of
 * usage rows follow it).
 */
export async function renewLease(sql: Sql, instanceId: string, now: Date | null = null): Promise<void> {
  const sentAt = Date.now()
  const { rows } = await sql.query<{ clock_ms: number }>(
    `insert into instances (id, started_at, renewed_at)
     values ($1, coalesce($2::timestamptz, now()), coalesce($2::timestamptz, now()))
     on conflict (id) do update set renewed_at = excluded.renewed_at
     returning extract(epoch from clock_timestamp())::float8 * 1000 as clock_ms`,
    [instanceId, now],
  )
  const row = rows[0]
  if (row && now === null) setDatabaseClockAhead(row.clock_ms - (sentAt + Date.now()) / 2)
}

/** Ends the lease of an instance that has settled everything. */
export async function endLease(sql: Sql, instanceId: string): Promise<void> {
  await sql.query('delete from instances where id = $1', [instanceId])
}
