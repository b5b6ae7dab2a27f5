import type { Pool } from 'pg'
import { inTransaction, type Sql, sqlState } from '../../platform/database/sql'
import { readSettings } from '../settings/read-settings'

/**
 * Drops months older than the retention in the settings, or than `otherwise` months if the settings have none.
 * Returns what was dropped.
 */
export async function dropPastRetention(
  pool: Pool,
  otherwise: number,
  now: Date | null = null,
): Promise<string[]> {
  const { retentionMonths } = await readSettings(pool)
  return dropOldMonths(pool, retentionMonths ?? otherwise, now)
}

/**
 * Drops the months of usage rows that ended `months` or more before the current month began (UTC): with 1, the
 * current and the previous month stay. 0 keeps all. Roll-ups stay, so sums do not change; the ledger check skips
 * periods that began earlier. A month is dropped only when its hours are folded and every call in it is settled.
 * Dropping locks the table for a moment: if the lock is not available within a second, the next hour tries again.
 * Returns what was dropped.
 */
export async function dropOldMonths(pool: Pool, months: number, now: Date | null = null): Promise<string[]> {
  if (months < 1) return []
  const { rows } = await pool.query<Month>(OLD_MONTHS, [now, months])
  const dropped: string[] = []
  for (const month of rows) {
    const isDropped = await inTransaction(pool, (sql) => dropMonth(sql, month)).catch((error: unknown) => {
      if (sqlState(error) === LOCK_NOT_AVAILABLE) return false
      throw error
    })
    if (!isDropped) break
    dropped.push(month.name)
  }
  return dropped
}

const LOCK_NOT_AVAILABLE = '55P03'

type Month = { name: string; ends: Date }

const OLD_MONTHS = `
  select name, ends from (
    select c.relname as name,
      (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'utc' as ends
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'usage_logs'::regclass and c.relname ~ '^usage_logs_[0-9]{4}_[0-9]{2}$'
  ) m
  where ends <= date_trunc('month', coalesce($1::timestamptz, now()), 'UTC') - make_interval(months => $2)
  order by ends`

async function dropMonth(sql: Sql, { name, ends }: Month): Promise<boolean> {
  // No fold may read a half-dropped month: it would replace its sums with nothing.
  await sql.query(`select pg_advisory_xact_lock(hashtext('hub.fold'))`)
  const { rows } = await sql.query<{ ready: boolean }>(
    `select folded_until >= $1 and not exists (select from usage_hours_due where hour < $1)
       and not exists (select from ${name} where status = 'pending') as ready from usage_folds`,
    [ends],
  )
  if (!rows[0]?.ready) return false
  await sql.query(`set local lock_timeout = '1s'`)
  await sql.query(`alter table usage_logs detach partition ${name}`)
  await sql.query(`drop table ${name}`)
  await sql.query('update usage_folds set rows_since = greatest(rows_since, $1)', [ends])
  return true
}
