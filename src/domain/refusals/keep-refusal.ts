import type { Pool } from 'pg'
import { v7 as newId } from 'uuid'
import { type Sql, sqlState } from '../../platform/database/sql'
import { perProcess } from '../../platform/kernel/process'
import { every, type WarnLog, warnOf } from '../../platform/log/every'
import type { KeptRefusal, RefusalDetails, RefusalKind } from './refusal'
import { Sampler } from './sampler'

const sampler = () => perProcess('refusals', () => new Sampler())

/**
 * Keeps a refusal for the admins, without a statement now: a timer writes the collected refusals. `details` is called
 * only if this refusal is kept.
 */
export function keepRefusal(kind: RefusalKind, details: () => RefusalDetails): void {
  sampler().add(kind, details, new Date())
}

/** How long a refusal is kept. */
export const KEPT_DAYS = 30
const WRITE_MS = 1_000
const CLEAN_MS = 3_600_000

/**
 * Each second writes the collected refusals in one statement; each hour removes old ones. Any number of instances may
 * run it. Returns a function that stops it and writes the remaining refusals.
 */
export function startRefusalTimers(pool: Pool, log: WarnLog): () => Promise<void> {
  const failed = warnOf(log, 'refusals could not be kept')
  const stops = [
    every(WRITE_MS, () => writeRefusals(pool, new Date(), false), failed),
    every(CLEAN_MS, () => deleteOldRefusals(pool), failed),
  ]
  return async () => {
    await Promise.all(stops.map((stop) => stop()))
    await writeRefusals(pool, new Date(), true).catch(failed)
  }
}

async function writeRefusals(sql: Sql, now: Date, all: boolean): Promise<void> {
  const rows = sampler().take(now, all)
  if (rows.length === 0) return
  await insertRefusals(sql, rows).catch((error: unknown) => {
    sampler().putBack(rows)
    throw error
  })
}

/**
 * Writes these in one statement. If a value in one of them makes it fail, writes each by itself, so that one row cannot
 * block the others. Throws when the database is away.
 */
export async function insertRefusals(sql: Sql, rows: KeptRefusal[]): Promise<void> {
  try {
    await insert(sql, rows)
  } catch (error) {
    if (!BY_VALUE.test(sqlState(error) ?? '')) throw error
    if (rows.length > 1) for (const row of rows) await insertRefusals(sql, [row])
  }
}

/** Errors of a value: its column does not accept it, or another row conflicts with it. */
const BY_VALUE = /^2[23]/

async function insert(sql: Sql, rows: KeptRefusal[]): Promise<void> {
  const values = rows.map((row) => ({ ...row, id: newId({ msecs: row.at.getTime() }) }))
  await sql.query(INSERT, [JSON.stringify(values).replace(NOT_STORABLE, '\\ufffd')])
}

/** NUL and lone halves of surrogate pairs, as JSON escapes them; it does not escape whole pairs. */
const NOT_STORABLE = /\\u(0000|d[89a-f][0-9a-f]{2})/gi

const INSERT = `
  insert into refusals (id, at, user_id, tool_id, tool_name, layer, reason, code, message, request_id, figures, left_out)
  select id, at, "userId", "toolId", "toolName", layer, reason, code, message, "requestId", figures, "leftOut"
  from jsonb_to_recordset($1::jsonb) as r(id uuid, at timestamptz, "userId" uuid, "toolId" uuid, "toolName" text,
    layer text, reason text, code text, message text, "requestId" text, figures jsonb, "leftOut" int)`

const DELETED_AT_ONCE = 10_000

/** Removes refusals that are older than 30 days, 10,000 rows a statement. */
export async function deleteOldRefusals(sql: Sql, now: Date | null = null): Promise<void> {
  for (;;) {
    const deleted = await sql.query(DELETE_OLD, [now, KEPT_DAYS, DELETED_AT_ONCE])
    if ((deleted.rowCount ?? 0) < DELETED_AT_ONCE) return
  }
}

const DELETE_OLD = `
  delete from refusals where id in (
    select id from refusals
    where id < hub_uuid_at(coalesce($1::timestamptz, now()) - make_interval(days => $2)) order by id limit $3)`
