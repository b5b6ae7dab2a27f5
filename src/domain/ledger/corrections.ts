import { v7 } from 'uuid'
import type { Sql } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import type { AuditBy } from '../audit/record'

/** A correction as the API shows it. */
export type ApiCorrection = {
  id: string
  usage_id: string
  admin_id: string
  reason: string
  tokens_before: number
  tokens_after: number
  request_id: string
  created_at: string
}

/** The corrections of a call, oldest first. Throws NOT_FOUND if neither such a call nor a correction exists. */
export async function listCorrections(sql: Sql, usageId: string): Promise<ApiCorrection[]> {
  const { rows } = await sql.query<Stored>(`${CORRECTIONS} where usage_id = $1 order by id`, [usageId])
  if (rows.length === 0) {
    const call = await sql.query('select from usage_logs where id = $1', [usageId])
    if (call.rows.length === 0) throw noSuchCall()
  }
  return rows.map(toApiCorrection)
}

/** 404 for a row that does not exist, or was dropped. */
export const noSuchCall = () => new Problem('NOT_FOUND', 'There is no such usage entry.')

/**
 * The result of this request if it was carried out before; null for a new one. Throws CONFLICT if the earlier request
 * asked for something else.
 */
export async function findCorrection(sql: Sql, request: CorrectionRequest): Promise<ApiCorrection | null> {
  const same = [request.usageId, request.requestId]
  const { rows } = await sql.query<Stored>(`${CORRECTIONS} where usage_id = $1 and request_id = $2`, same)
  const known = rows[0]
  if (!known) return null
  if (known.tokens_after !== request.tokens || known.reason !== request.reason)
    throw new Problem('CONFLICT', 'This request id was used for another correction of this entry.')
  return toApiCorrection(known)
}

/** Records who corrected the row, why, and the figure before and after. */
export async function noteCorrection(
  sql: Sql,
  request: CorrectionRequest,
  row: { id: string; user_id: string; tokens: number },
): Promise<ApiCorrection> {
  const { adminId, requestId, reason, tokens, now = null } = request
  const values = [v7(), row.id, row.user_id, adminId, requestId, reason, row.tokens, tokens, now]
  const { rows } = await sql.query<Stored>(
    `insert into usage_corrections
       (id, usage_id, user_id, admin_id, request_id, reason, tokens_before, tokens_after, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9::timestamptz, now())) returning ${COLUMNS}`,
    values,
  )
  return toApiCorrection(rows[0] as Stored)
}

/** The title of a correction in the audit log: the user, the tool, and the change of the charge. */
export function correctionTitle(of: { email: string | null; toolName: string; change: number }): string {
  const sign = of.change < 0 ? '−' : '+'
  const tokens = Math.abs(of.change).toLocaleString('en')
  return `${of.email ?? 'A deleted user'}: ${sign}${tokens} tokens, ${of.toolName}`.slice(0, 200)
}

type Stored = Omit<ApiCorrection, 'created_at'> & { created_at: Date }

const COLUMNS = `id, usage_id, admin_id, reason, tokens_before::float8 as tokens_before,
  tokens_after::float8 as tokens_after, request_id, created_at`
const CORRECTIONS = `select ${COLUMNS} from usage_corrections`

const toApiCorrection = (stored: Stored): ApiCorrection => ({
  ...stored,
  created_at: stored.created_at.toISOString(),
})

export type CorrectionRequest = {
  usageId: string
  adminId: string
  /** The same request sent twice corrects only once. */
  requestId: string
  /** The new charge of the call. */
  tokens: number
  reason: string
  /** The person that the audit log names. */
  by?: AuditBy
  now?: Date | null
}
