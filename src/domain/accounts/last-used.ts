import type { Sql } from '../../platform/database/sql'
import { perProcess } from '../../platform/kernel/process'

const MOST_REMEMBERED = 50_000

/** Notes in memory that a key was used; `flushLastUsed` writes it. */
export function touchLastUsed(apiKeyId: string, nowMs = Date.now()): void {
  const used = usedKeys()
  if (used.size < MOST_REMEMBERED || used.has(apiKeyId)) used.set(apiKeyId, nowMs)
}

/**
 * Writes when each key was last used, all keys in one statement. It runs once a minute and at shutdown: a time up to
 * a minute old is accurate enough to decide which key to revoke, and a write on every call would cost too much. The
 * rows are locked in one order, so that two instances never wait for each other.
 */
export async function flushLastUsed(sql: Sql): Promise<void> {
  const used = usedKeys()
  if (used.size === 0) return
  const entries = [...used]
  used.clear()
  try {
    await sql.query(FLUSH, [entries.map(([id]) => id), entries.map(([, ms]) => new Date(ms))])
  } catch (error) {
    for (const [id, ms] of entries) if (!used.has(id)) used.set(id, ms)
    throw error
  }
}

const FLUSH = `
  with used as (
    select * from unnest($1::uuid[], $2::timestamptz[]) as used(id, at)
  ), locked as materialized (
    select api_keys.id from api_keys join used using (id) order by api_keys.id for no key update of api_keys
  )
  update api_keys set last_used_at = greatest(api_keys.last_used_at, used.at)
  from used join locked using (id)
  where api_keys.id = used.id`

function usedKeys(): Map<string, number> {
  return perProcess('accounts.used-keys', () => new Map<string, number>())
}
