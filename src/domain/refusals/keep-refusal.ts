import type { Pool } from 'pg'
import { v7 as newId } from 'uuid'
import { type Sql, sqlState } from '../../platform/database/sql'
import { perProcess } from '../../platform/kernel/process'
import { every, type WarnLog, warnOf } from '../../platform/log/every'
import type { KeptRefusal, RefusalDetails, RefusalKind } from './refusal'
import { Sampler } from './sampler'

const sampler = () => perProcess('refusals', () => new Sampler())

/**
 * Keeps a refusal for the admins, without any work of the database now: a timer writes what has come together.
 * `details` is asked only where this one is kept.
 */
export function keepRefusal(kind: RefusalKind, details: () => RefusalDetails): void {
  sampler().add(kind, details, new Date())
}

/** How long a refusal is kept. */
export const KEPT_DAYS = 30
const WRITE_MS = 1_000
const CLEAN_MS = 3_600_000

/**
 * Writes each second, by one statement, what was refused, and removes each hour what is old. Any number of instances
 * may run it. Returns the way to stop it, which writes what is left.
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
 * Writes these by one statement; where that fails by what stands in one of them, each by itself, so that one cannot
 * keep the others out. Throws when the database is away.
 */
export async function insertRefusals(sql: Sql, rows: KeptRefusal[]): Promise<void> {
  try {
    await insert(sql, rows)
  } catch (error) {
    if (!BY_VALUE.test(sqlState(error) ?? '')) throw error
    if (rows.length > 1) for (const row of rows) await insertRefusals(sql, [row])
  }
}

/** A value that its column does not take, or that another row forbids. */
const BY_VALUE = /^2[23]/

async function insert(sql: Sql, rows: KeptRefusal[]): Promise<void> {
  const values = rows.map((row) => ({ ...row, id: newId({ msecs: row.at.getTime() }) }))
  await sql.query(INSERT, [JSON.stringify(values).replace(NOT_STORABLE, '\\ufffd')])
}

/** As JSON spells them: NUL, and halves of surrogate pairs, which it escapes only where they stand alone. */
const NOT_STORABLE = /\\u(0000|d[89a-f][0-9a-f]{2})/gi

const INSERT = `
  insert into refusals (id, at, user_id, tool_id, tool_name, layer, reason, code, message, request_id, figures, left_out)
  select id, at, "userId", "toolId", "toolName", layer, reason, code, message, "requestId", figures, "leftOut"
  from jsonb_to_recordset($1::jsonb) as r(id uuid, at timestamptz, "userId" uuid, "toolId" uuid, "toolName" text,
    layer text, reason text, code text, message text, "requestId" text, figures jsonb, "leftOut" int)`

const DELETED_AT_ONCE = 10_000

/** Removes what is older than 30 days, some thousand rows a statement. */
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
