import { v7 } from 'uuid'
import type { Sql } from '../../platform/database/sql'
import { invalidField, Problem } from '../../platform/kernel/problem'
import type { SubscriptionRow } from './subscription-row'

export const MOST_GRANTED = 1_000_000_000
/** Each admission reads all grants of the period, so there must be few. */
const MOST_GRANTS = 20

/** Extra tokens for the current period. They end with it, or earlier. */
export type GrantRequest = {
  tokens: number
  reason: string
  /** Null: when the period ends. */
  expiresAt: Date | null
  adminId: string
  /** The same request sent twice grants only once. */
  requestId: string
}

export type Grant = {
  id: string
  tokens: number
  reason: string
  expiresAt: Date
  createdAt: Date
  /** Null if the admin was deleted. */
  admin: string | null
  /** How many of its tokens were taken back, and when, why and by whom. */
  takenBack: number
  takenAt: Date | null
  takenReason: string | null
  takenBy: string | null
}

/** When a grant would end. Throws VALIDATION_ERROR for a time in the past or after the period's end. */
export function grantEnd(row: SubscriptionRow, { expiresAt }: Pick<GrantRequest, 'expiresAt'>): Date {
  if (expiresAt === null) return row.periodEnd
  if (expiresAt <= row.at) throw invalidField('expiresAt', 'It must be in the future')
  if (expiresAt > row.periodEnd)
    throw invalidField(
      'expiresAt',
      `A grant cannot last longer than the period, which ends at ${row.periodEnd.toISOString()}`,
    )
  return expiresAt
}

/**
 * Raises the limit of the user's current period. The subscription must be locked and in its current period
 * (`rollSubscription`). The balance row and the record of the grant change in the caller's transaction. Returns false
 * if this request was carried out before. Throws CONFLICT if the period has too many grants already.
 */
export async function grantTokens(sql: Sql, row: SubscriptionRow, request: GrantRequest): Promise<boolean> {
  const ends = grantEnd(row, request)
  const noted = await sql.query(
    `insert into token_grants
       (id, user_id, period_start, tokens, reason, expires_at, admin_id, request_id, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (user_id, request_id) do nothing`,
    [
      v7(),
      row.userId,
      row.periodStart,
      request.tokens,
      request.reason,
      ends,
      request.adminId,
      request.requestId,
      row.at,
    ],
  )
  if (noted.rowCount === 0) return false
  const raised = await sql.query(
    `update subscriptions set extra_tokens = array_append(extra_tokens, $3::bigint),
       extra_until = array_append(extra_until, $4::timestamptz)
     where user_id = $1 and period_start = $2 and coalesce(cardinality(extra_tokens), 0) < ${MOST_GRANTS}`,
    [row.userId, row.periodStart, request.tokens, ends],
  )
  if (raised.rowCount !== 1)
    throw new Problem('CONFLICT', `A period has at most ${MOST_GRANTS} grants. Choose a higher plan instead.`)
  return true
}

/** How many tokens this request granted earlier; null if it was not carried out yet. */
export async function givenBefore(sql: Sql, userId: string, requestId: string): Promise<number | null> {
  const { rows } = await sql.query<{ tokens: number }>(
    'select tokens::float8 as tokens from token_grants where user_id = $1 and request_id = $2',
    [userId, requestId],
  )
  return rows[0]?.tokens ?? null
}

/** The audit log's text about a grant. */
export const grantedNote = ({ tokens, expiresAt, reason }: Pick<Grant, 'tokens' | 'expiresAt' | 'reason'>) =>
  `Granted ${tokens.toLocaleString('en')} extra tokens until ${expiresAt.toISOString()}: ${reason}`

/** The grants of a user, newest first; at most 50. */
export async function listGrants(sql: Sql, userId: string): Promise<Grant[]> {
  const { rows } = await sql.query<Grant>(
    `select g.id, g.tokens::float8 as tokens, g.reason, g.expires_at as "expiresAt", g.created_at as "createdAt",
       a.name as admin, g.taken_back::float8 as "takenBack", g.taken_at as "takenAt", g.taken_reason as "takenReason",
       t.name as "takenBy"
     from token_grants g left join users a on a.id = g.admin_id left join users t on t.id = g.taken_by
     where g.user_id = $1 order by g.id desc limit 50`,
    [userId],
  )
  return rows
}
