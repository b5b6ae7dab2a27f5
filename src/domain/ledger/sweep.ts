import type { Pool } from 'pg'
import type { Sql } from '../../platform/database/sql'
import type { Settlement } from './call'
import { LEASE_SECONDS } from './lease'
import { ABANDONED } from './settlement'

type Settle = (settlement: Settlement) => Promise<void>

/** SQL: the longest timeout of a tool (10 minutes) plus a margin. An open call of a live instance is not older. */
export const LONGEST_CALL = `interval '11 minutes'`
/** How far back the first sweep of a process looks for calls of instances that have no lease. */
const FIRST_LOOK_BACK = `interval '25 hours'`
const MOST_ROWS = 2_000

/** Which calls a sweep checks. It always checks leases; deadlines and strangers read more rows, so only on request. */
export type SweepScope = { deadlines: boolean; strangers: boolean }

/**
 * Settles calls that nobody else will settle: calls of instances whose lease expired; with `deadlines`, calls whose
 * deadline passed 30 s ago; with `strangers`, calls of instances without a lease (the process's first sweep). Each
 * becomes an error that costs nothing, and its hold is released. If its own settlement arrives later, that one
 * corrects it. The sweep settles through the same statement as every call, so a call that was settled meanwhile stays
 * unchanged. One instance sweeps at a time. Returns how many calls were found, or null if another instance is already
 * sweeping.
 */
export async function sweep(
  pool: Pool,
  settle: Settle,
  now: Date | null = null,
  scope: SweepScope = { deadlines: true, strangers: false },
): Promise<number | null> {
  const client = await pool.connect()
  try {
    // The lock's transaction stays open during the settlements, which commit on other connections.
    await client.query('begin')
    const lock = await client.query(`select pg_try_advisory_xact_lock(hashtext('hub.sweep')) as mine`)
    if (!lock.rows[0]?.mine) return null
    return await sweepAll(pool, settle, now, scope)
  } finally {
    await client.query('rollback').then(
      () => client.release(),
      (error: Error) => client.release(error),
    )
  }
}

async function sweepAll(sql: Sql, settle: Settle, now: Date | null, scope: SweepScope): Promise<number> {
  let found = 0
  const dead = await sql.query<{ id: string }>(DEAD_INSTANCES, [now])
  for (const { id } of dead.rows) {
    found += await settleAll(sql, settle, OF_DEAD_INSTANCE, [now, id], now)
    await sql.query(FORGET_INSTANCE, [now, id])
  }
  if (scope.strangers) found += await settleAll(sql, settle, OF_STRANGERS, [now], now)
  if (scope.deadlines) found += await settleAll(sql, settle, PAST_DEADLINE, [now], now)
  return found
}

type OpenCall = { id: string; user_id: string; age_ms: number }

async function settleAll(
  sql: Sql,
  settle: Settle,
  query: string,
  values: unknown[],
  now: Date | null,
): Promise<number> {
  for (let found = 0; ; ) {
    const { rows } = await sql.query<OpenCall>(query, values)
    await Promise.all(rows.map((call) => settle(abandoned(call, now))))
    found += rows.length
    if (rows.length < MOST_ROWS) return found
  }
}

function abandoned(call: OpenCall, now: Date | null): Settlement {
  return {
    usageId: call.id,
    userId: call.user_id,
    status: 'error',
    tokens: 0,
    source: 'unknown',
    durationMs: Math.min(call.age_ms, 2_147_483_647),
    errorCode: ABANDONED,
    now,
  }
}

const NOW = 'coalesce($1::timestamptz, now())'
const SILENT = `renewed_at < ${NOW} - interval '${LEASE_SECONDS} seconds'`
const DEAD_INSTANCES = `select id from instances where ${SILENT} order by renewed_at`
/**
 * Keeps an instance that came back meanwhile: it renews its lease, and the calls that it admits from now on are its
 * own.
 */
const FORGET_INSTANCE = `delete from instances where id = $2 and ${SILENT}`

const openCalls = (condition: string) => `
  select u.id, u.user_id, greatest(0, extract(epoch from ${NOW} - u.created_at) * 1000)::float8 as age_ms
  from usage_logs u where ${condition} and u.status = 'pending' order by u.id limit ${MOST_ROWS}`

const OF_DEAD_INSTANCE = openCalls(`u.instance_id = $2
  and u.id >= (select hub_uuid_at(renewed_at - ${LONGEST_CALL}) from instances i where i.id = $2 and ${SILENT})`)
const OF_STRANGERS = openCalls(`u.id >= hub_uuid_at(${NOW} - ${FIRST_LOOK_BACK})
  and u.id < hub_uuid_at(${NOW} - interval '${LEASE_SECONDS} seconds')
  and not exists (select from instances i where i.id = u.instance_id)`)
const PAST_DEADLINE = openCalls(`u.id >= hub_uuid_at(${NOW} - ${LONGEST_CALL})
  and u.deadline_at < ${NOW} - interval '30 seconds'`)
