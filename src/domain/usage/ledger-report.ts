import type { Pool } from 'pg'
import { v7 } from 'uuid'
import type { Sql } from '../../platform/database/sql'
import { checkLedger, type Drift } from './ledger-check'

/** Periods that ended within this many days are checked together with the current ones. */
const ENDED_DAYS = 35
/** At most this many drifts are stored, together with the number of all drifts. */
const MOST_STORED = 1_000

/** A ledger check as the API shows it. `stray_rows` counts calls outside of every month's partition, up to 10,000. */
export type ApiLedgerCheck = {
  id: string
  at: string
  asked_by: 'timer' | 'command' | 'admin'
  users: number
  periods: number
  drift_count: number
  drifts: Array<{
    user_id: string | null
    period_start: string | null
    figure: Drift['figure']
    rows: number
    found: number
  }>
  stray_rows: number
  took_ms: number
}

/**
 * Checks the ledger (current periods, and those that ended in the last 35 days) and stores the result. Only one check
 * runs at a time, over all instances: returns null if another one is running.
 */
export async function runLedgerCheck(
  pool: Pool,
  askedBy: ApiLedgerCheck['asked_by'],
  now: Date | null = null,
): Promise<ApiLedgerCheck | null> {
  return whileLocked(pool, () => checkAndStore(pool, askedBy, now))
}

/** The result of the last check, no matter who started it; null before the first. */
export async function lastLedgerCheck(sql: Sql): Promise<ApiLedgerCheck | null> {
  const { rows } = await sql.query<Stored>(
    `select ${COLUMNS} from ledger_checks order by at desc, id desc limit 1`,
  )
  return rows[0] ? toApiLedgerCheck(rows[0]) : null
}

/** The results of the last checks, the newest first. */
export async function listLedgerChecks(sql: Sql, most: number): Promise<ApiLedgerCheck[]> {
  const { rows } = await sql.query<Stored>(
    `select ${COLUMNS} from ledger_checks order by at desc, id desc limit $1`,
    [most],
  )
  return rows.map(toApiLedgerCheck)
}

/**
 * The nightly check: at 02:00 UTC, or as soon after that as an instance runs. Null if this night's check was done, or
 * is running.
 */
export async function checkNightly(pool: Pool, now: Date | null = null): Promise<ApiLedgerCheck | null> {
  return whileLocked(pool, async () => {
    const { rows } = await pool.query<{ is_due: boolean }>(NIGHT_IS_DUE, [now])
    return rows[0]?.is_due ? checkAndStore(pool, 'timer', now) : null
  })
}

const NIGHT_IS_DUE = `
  with clock as (
    select date_trunc('day', coalesce($1::timestamptz, now()) - interval '2 hours', 'UTC') + interval '2 hours' as night
  )
  select not exists (select from ledger_checks, clock where asked_by = 'timer' and at >= night) as is_due`

async function whileLocked<T>(pool: Pool, work: () => Promise<T>): Promise<T | null> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const lock = await client.query(`select pg_try_advisory_xact_lock(hashtext('hub.ledger-check')) as mine`)
    return lock.rows[0]?.mine ? await work() : null
  } finally {
    await client.query('rollback').then(
      () => client.release(),
      (error: Error) => client.release(error),
    )
  }
}

async function checkAndStore(
  pool: Pool,
  askedBy: ApiLedgerCheck['asked_by'],
  now: Date | null,
): Promise<ApiLedgerCheck> {
  const startedAt = performance.now()
  const since = await pool.query<{ at: Date; since: Date }>(
    `select at, at - interval '${ENDED_DAYS} days' as since from (select coalesce($1::timestamptz, now()) as at) c`,
    [now],
  )
  const { at, since: endedSince } = since.rows[0] as { at: Date; since: Date }
  const { users, periods, drifts } = await checkLedger(pool, endedSince)
  const stray = await pool.query<{ rows: number }>(
    'select count(*)::int as rows from (select from usage_logs_default limit 10000) r',
  )
  const { rows } = await pool.query<Stored>(
    `insert into ledger_checks (id, at, asked_by, users, periods, drifts, drift_count, stray_rows, took_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${COLUMNS}`,
    [
      v7(),
      at,
      askedBy,
      users,
      periods,
      JSON.stringify(drifts.slice(0, MOST_STORED).map(toApiDrift)),
      drifts.length,
      stray.rows[0]?.rows ?? 0,
      Math.round(performance.now() - startedAt),
    ],
  )
  return toApiLedgerCheck(rows[0] as Stored)
}

const toApiDrift = ({ userId, periodStart, figure, rows, found }: Drift) => ({
  user_id: userId,
  period_start: periodStart?.toISOString() ?? null,
  figure,
  rows,
  found,
})

type Stored = Omit<ApiLedgerCheck, 'at'> & { at: Date }

const COLUMNS = `id, at, asked_by, users::float8 as users, periods::float8 as periods, drifts,
  drift_count::float8 as drift_count, stray_rows::float8 as stray_rows, took_ms::float8 as took_ms`

const toApiLedgerCheck = (stored: Stored): ApiLedgerCheck => ({ ...stored, at: stored.at.toISOString() })
