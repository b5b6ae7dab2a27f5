import type { Pool } from 'pg'
import type { Sql } from '../database/sql'
import { deleteOldMail } from '../mail/cleanup'
import { deleteForgottenNetworks } from './known-networks'
import { flushLastUsed } from './last-used'

const FLUSH_EVERY_MS = 60_000
const CLEAN_EVERY_MS = 3_600_000

type Log = { warn: (fields: object, message: string) => void }

/**
 * Writes each minute when keys were used, and removes each hour what has ended. Any number of instances may
 * run it. Returns the way to stop it, which writes what is left.
 */
export function startAccountsTimers(pool: Pool, log: Log): () => Promise<void> {
  const run = (what: string, work: () => Promise<void>) => () =>
    work().catch((error: Error) => log.warn({ reason: error.message }, what))
  const flush = run('the last use of keys could not be written', () => flushLastUsed(pool))
  const clean = run('ended sessions could not be removed', () => deleteEnded(pool))
  const timers = [setInterval(flush, FLUSH_EVERY_MS), setInterval(clean, CLEAN_EVERY_MS)]
  for (const timer of timers) timer.unref()
  return async () => {
    for (const timer of timers) clearInterval(timer)
    await flush()
  }
}

/**
 * Removes sessions, refresh tokens and mailed links a day after their end, networks that are known no more, and old
 * mail. A spent token that
 * comes back later than that belongs to no session any more, and is refused as unknown.
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
