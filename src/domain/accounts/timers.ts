import type { Pool } from 'pg'
import type { Sql } from '../../platform/database/sql'
import { every, type WarnLog, warnOf } from '../../platform/log/every'
import { deleteOldMail } from '../../platform/mail/cleanup'
import { deleteForgottenNetworks } from './known-networks'
import { flushLastUsed } from './last-used'

const FLUSH_EVERY_MS = 60_000
const CLEAN_EVERY_MS = 3_600_000

/**
 * Each minute, writes when keys were last used, and each hour removes expired data. Any number of instances may run
 * it. Returns a function that stops it and writes the remaining times.
 */
export function startAccountsTimers(pool: Pool, log: WarnLog): () => Promise<void> {
  const notWritten = warnOf(log, 'the last use of keys could not be written')
  const flush = () => flushLastUsed(pool)
  const stops = [
    every(FLUSH_EVERY_MS, flush, notWritten),
    every(CLEAN_EVERY_MS, () => deleteEnded(pool), warnOf(log, 'ended sessions could not be removed')),
  ]
  return async () => {
    await Promise.all(stops.map((stop) => stop()))
    await flush().catch(notWritten)
  }
}

/**
 * Removes sessions, refresh tokens and mailed links a day after their end, networks that are no longer known, and old
 * mail. A used token that comes back after that belongs to no session any more, and is refused as unknown.
 */
export async function deleteEnded(sql: Sql, now: Date | null = null): Promise<void> {
  for (const table of ['sessions', 'refresh_tokens', 'email_tokens']) {
    await sql.query(
      `delete from ${table} where expires_at < coalesce($1::timestamptz, now()) - interval '1 day'`,
      [now],
    )
  }
  await deleteForgottenNetworks(sql, now)
  await deleteOldMail(sql, now)
}
