import type { Pool } from 'pg'
import { inTransaction, type Sql } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import { recordAudit, SYSTEM } from '../audit/record'
import {
  type ApiCorrection,
  type CorrectionRequest,
  correctionTitle,
  findCorrection,
  noSuchCall,
  noteCorrection,
} from './corrections'
import { ABANDONED } from './settlement'

/** The error code of a row after an admin corrects a swept call, so that the call's own settlement no longer applies. */
const CORRECTED = 'CORRECTED'
type Corrected = { correction: ApiCorrection; isNew: boolean }

/**
 * Sets the charge of a settled call. The row shows the new figure; the correction keeps who, why, before and after.
 * The period, the user's roll-up and the hour change in the same transaction, under settlement's locks and in the
 * same order, so that no call in flight interferes. `isNew` is false for a request that was carried out before.
 * Throws NOT_FOUND for a row that does not exist (or was dropped). Throws CONFLICT:
 * - while the call is in flight, or for a trial,
 * - if the call is charged this figure already,
 * - if the request id was used for a different correction,
 * - if the sums are smaller than the tokens to subtract.
 */
export async function correctUsage(pool: Pool, request: CorrectionRequest): Promise<Corrected> {
  return inTransaction(pool, (sql) => correctWithin(sql, request))
}

/** Like `correctUsage`, as a part of a transaction. */
export async function correctWithin(sql: Sql, request: CorrectionRequest): Promise<Corrected> {
  const row = await lockRow(sql, request.usageId)
  const known = await findCorrection(sql, request)
  if (known) return { correction: known, isNew: false }
  if (row.status === 'pending') throw new Problem('CONFLICT', 'The call is still running. Try again later.')
  if (row.status === 'trial')
    throw new Problem('CONFLICT', 'A trial is not charged, so it cannot be corrected.')
  // For a swept call the same figure still has an effect: its own settlement will no longer apply.
  if (row.tokens === request.tokens && row.error_code !== ABANDONED) throw nothingToCorrect(row.tokens)
  await moveSums(sql, row, request.tokens - row.tokens)
  await sql.query(CORRECT_ROW, [row.id, request.tokens, request.now ?? null])
  await sql.query(
    `insert into usage_hours_due (hour) values (date_trunc('hour', hub_uuid_time($1), 'UTC'))`,
    [row.id],
  )
  await record(sql, request, row)
  return { correction: await noteCorrection(sql, request, row), isNew: true }
}

async function record(sql: Sql, { by = SYSTEM, tokens, reason, now }: CorrectionRequest, row: Row) {
  const title = correctionTitle({ email: row.email, toolName: row.tool_name, change: tokens - row.tokens })
  const event = { action: 'update', subject: 'usage-logs', subjectId: row.id, title } as const
  const changes = { tokensUsed: { from: row.tokens, to: tokens } }
  await recordAudit(sql, by, [{ ...event, changes, note: `Corrected: ${reason}` }], now ?? null)
}

type Row = {
  id: string
  user_id: string
  tool_id: string
  tool_name: string
  /** Null if the user was deleted. */
  email: string | null
  plan_id: string
  period_start: Date
  status: string
  error_code: string | null
  tokens: number
  is_current: boolean
}

/** Locks the balance first, as admission and settlement do, then the row. */
async function lockRow(sql: Sql, usageId: string): Promise<Row> {
  const found = await sql.query<{ user_id: string }>('select user_id from usage_logs where id = $1', [
    usageId,
  ])
  const userId = found.rows[0]?.user_id
  if (userId === undefined) throw noSuchCall()
  await sql.query('select from subscriptions where user_id = $1 for no key update', [userId])
  const { rows } = await sql.query<Row>(LOCK_ROW, [usageId])
  if (!rows[0]) throw noSuchCall()
  return rows[0]
}

const LOCK_ROW = `
  select id, user_id, tool_id, tool_name, plan_id, period_start, status, error_code,
    tokens_used::float8 as tokens,
    (select email from users where users.id = u.user_id) as email,
    exists (select from subscriptions s where s.user_id = u.user_id and s.period_start = u.period_start) as is_current
  from usage_logs u where id = $1 for no key update`

/** Period and roll-up. If neither table has the period (its user was deleted), only the roll-up changes. */
async function moveSums(sql: Sql, row: Row, change: number): Promise<void> {
  const period = [row.user_id, row.period_start]
  const table = row.is_current ? 'subscriptions' : 'subscription_periods'
  const kept = await sql.query<{ fits: boolean }>(
    `select tokens_used + $3 >= 0 as fits from ${table} where user_id = $1 and period_start = $2 for no key update`,
    [...period, change],
  )
  const rollUp = [...period, row.plan_id, row.tool_id, row.id, change]
  const rolled = await sql.query(MOVE_ROLL_UP, rollUp)
  if (kept.rows[0]?.fits === false || rolled.rowCount !== 1) throw sumsDiffer()
  await sql.query(
    `update ${table} set tokens_used = tokens_used + $3 where user_id = $1 and period_start = $2`,
    [...period, change],
  )
}

const MOVE_ROLL_UP = `
  update usage_daily set tokens = tokens + $6
  where user_id = $1 and period_start = $2 and plan_id = $3 and tool_id = $4
    and day = (hub_uuid_time($5) at time zone 'utc')::date and tokens + $6 >= 0`

const nothingToCorrect = (tokens: number) =>
  new Problem(
    'CONFLICT',
    `This call is already charged ${tokens.toLocaleString('en')} tokens: nothing would change.`,
  )

const sumsDiffer = () =>
  new Problem('CONFLICT', 'The sums for this call do not match its rows. See what the ledger check reports.')

/** A late settlement changes only rows that the sweep settled; this one now belongs to the admin. */
const CORRECT_ROW = `
  update usage_logs set tokens_used = $2, updated_at = coalesce($3::timestamptz, now()),
    error_code = case when error_code = '${ABANDONED}' then '${CORRECTED}' else error_code end
  where id = $1`
