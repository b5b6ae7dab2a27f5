import type { Pool } from 'pg'
import { inTransaction, type Sql } from '../../platform/database/sql'
import { FOLD_BLOCKS, FOLD_DAYS, FOLD_HOURS, FOLD_USER_DAYS, FOLDABLE_UNTIL, MOVE_FOLD } from './fold-sql'

const MOST_TURNS = 2_000

/**
 * Folds the rows of finished hours into usage_hourly and usage_by_day: hours that were never folded (a day at a time
 * if many are waiting), and hours that a late settlement or a correction marked as due. Each turn is a transaction
 * that replaces the earlier sums, so folding again changes nothing and a crash loses nothing. One instance folds at a
 * time. Returns how many turns it took.
 */
export async function foldUsage(pool: Pool, now: Date | null = null): Promise<number> {
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    if (!(await inTransaction(pool, (sql) => foldNext(sql, now)))) return turn
  }
  return MOST_TURNS
}

/**
 * Deletes the roll-ups from the day of `from` on, so that these days are read from the rows until they are folded
 * again. Use it after writing rows into the table without the hub's functions.
 */
export async function foldAgainFrom(pool: Pool, from: Date): Promise<void> {
  await inTransaction(pool, (sql) => forgetRollUps(sql, from))
}

/** Like `foldAgainFrom`, as a part of a transaction; nothing is folded until it ends. */
export async function forgetRollUps(sql: Sql, from: Date): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(hashtext('hub.fold'))`)
  const { rows } = await sql.query<{ day: Date }>(FOLD_AGAIN, [from])
  const day = rows[0]?.day
  await sql.query('delete from usage_hourly where hour >= $1', [day])
  for (const table of ['usage_by_day', 'usage_user_days'])
    await sql.query(`delete from ${table} where day >= ($1::timestamptz at time zone 'utc')::date`, [day])
  for (const table of ['usage_user_blocks', 'usage_duration_blocks'])
    await sql.query(`delete from ${table} where day + days > ($1::timestamptz at time zone 'utc')::date`, [
      day,
    ])
}

/** Folds the next range that needs it; false when there is none, or another instance is already folding. */
async function foldNext(sql: Sql, now: Date | null): Promise<boolean> {
  const lock = await sql.query<{ mine: boolean }>(
    `select pg_try_advisory_xact_lock(hashtext('hub.fold')) as mine`,
  )
  if (!lock.rows[0]?.mine) return false
  const range = (await nextDue(sql)) ?? (await nextHours(sql, now))
  if (!range) return false
  // The marks go first: a transaction that commits a row after this statement's snapshot leaves a mark that stays.
  const bounds = [range.from, range.until]
  await sql.query('delete from usage_hours_due where hour >= $1 and hour < $2', bounds)
  await sql.query('delete from usage_hourly where hour >= $1 and hour < $2', bounds)
  await sql.query(FOLD_HOURS, bounds)
  for (const table of ['usage_by_day', 'usage_user_days']) {
    await sql.query(
      `delete from ${table} where day >= ($1::timestamptz at time zone 'utc')::date
         and day <= (($2::timestamptz - interval '1 second') at time zone 'utc')::date`,
      bounds,
    )
  }
  await sql.query(FOLD_DAYS, bounds)
  await sql.query(FOLD_USER_DAYS, bounds)
  const moved = await sql.query<{ before: Date }>(MOVE_FOLD, [range.until])
  await sql.query(FOLD_BLOCKS, [range.from, moved.rows[0]?.before])
  return true
}

type Range = { from: Date; until: Date }

/** An hour that changed after it was folded. Dropped rows cannot be folded again. */
async function nextDue(sql: Sql): Promise<Range | null> {
  await sql.query('delete from usage_hours_due where hour < (select rows_since from usage_folds)')
  const { rows } = await sql.query<Range>(
    `select d.hour as from, d.hour + interval '1 hour' as until
     from usage_hours_due d, usage_folds f where d.hour < f.folded_until order by d.hour limit 1`,
  )
  return rows[0] ?? null
}

/** Finished hours that are not folded, at most a day of them; spans without a row are skipped. */
async function nextHours(sql: Sql, now: Date | null): Promise<Range | null> {
  const foldable = await sql.query<{ until: Date }>(FOLDABLE_UNTIL, [now])
  const last = foldable.rows[0]?.until ?? new Date(0)
  const { rows } = await sql.query<Range>(NEXT_HOURS, [last])
  return rows[0] ?? null
}

const NEXT_HOURS = `
  select f.from, least(date_trunc('day', f.from, 'UTC') + interval '1 day', $1::timestamptz) as until
  from (
    select greatest(folded_until, least(date_trunc('hour', hub_uuid_time(first.id), 'UTC'),
      $1::timestamptz - interval '1 hour')) as from
    from usage_folds left join lateral (
      select id from usage_logs where id >= hub_uuid_at(folded_until) order by id limit 1
    ) first on true
  ) f where f.from < $1::timestamptz`

const FOLD_AGAIN = `
  update usage_folds set folded_until =
    greatest(rows_since, least(folded_until, date_trunc('day', $1::timestamptz, 'UTC')))
  returning folded_until as day`
