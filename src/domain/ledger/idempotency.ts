import type { Sql } from '../../platform/database/sql'

/** What is known about an Idempotency-Key that was used before. */
export type KnownCall =
  | { state: 'replay' /** The first answer, as JSON text. */; answer: string; usageId: string }
  | { state: 'mismatch' }
  | { state: 'in-progress' }
  /** The key was freed or has expired meanwhile: admit the call again. */
  | { state: 'gone' }

/**
 * The slow path of an Idempotency-Key. 'replay' returns the stored response, 'mismatch' means that the key was used
 * with a different body, 'in-progress' means that the first call still runs. A key older than 24 hours is removed
 * here. `bodyHash` is hex.
 */
export async function readIdempotent(
  sql: Sql,
  call: { userId: string; toolId: string; key: string; bodyHash: string },
  now: Date | null = null,
): Promise<KnownCall> {
  const scope = [call.userId, call.toolId, call.key]
  const found = await sql.query<Stored>(READ_KEY, [...scope, call.bodyHash, now])
  const row = found.rows[0]
  if (!row) return { state: 'gone' }
  if (row.expired) {
    await sql.query(DELETE_EXPIRED_KEY, [...scope, now])
    return { state: 'gone' }
  }
  if (!row.same_body) return { state: 'mismatch' }
  return row.answer === null
    ? { state: 'in-progress' }
    : { state: 'replay', answer: row.answer, usageId: row.usage_id }
}

type Stored = { answer: string | null; usage_id: string; same_body: boolean; expired: boolean }

const READ_KEY = `
  select answer, usage_id, body_hash = decode($4, 'hex') as same_body,
    expires_at <= coalesce($5::timestamptz, now()) as expired
  from idempotency_keys where user_id = $1 and tool_id = $2 and key = $3`

const DELETE_EXPIRED_KEY = `
  delete from idempotency_keys
  where user_id = $1 and tool_id = $2 and key = $3 and expires_at <= coalesce($4::timestamptz, now())`

/** Removes keys older than 24 hours, a thousand at a time. Rows that another statement has locked are left for later. */
export async function deleteExpiredKeys(sql: Sql, now: Date | null = null): Promise<number> {
  const deleted = await sql.query(DELETE_EXPIRED_KEYS, [now])
  return deleted.rowCount ?? 0
}

const DELETE_EXPIRED_KEYS = `
  delete from idempotency_keys where ctid = any (array(
    select ctid from idempotency_keys where expires_at <= coalesce($1::timestamptz, now())
    order by expires_at limit 1000 for update skip locked))`
