import type { Sql } from '../../platform/database/sql'

export type Correction = {
  id: string
  at: Date
  admin: string | null
  reason: string
  before: number
  after: number
}

export type Seen = {
  userId: string
  userName: string | null
  status: string
  source: string | null
  errorCode: string | null
  tokens: number
  held: number
  periodStart: Date
  corrections: Correction[]
}

/** Where a usage row's figures come from, and its corrections, oldest first; null if the row does not exist. */
export async function readProvenance(sql: Sql, usageId: string): Promise<Seen | null> {
  const [row, corrections] = await Promise.all([
    sql.query<Omit<Seen, 'corrections'>>(
      `select l.user_id as "userId", u.name as "userName", l.status, l.source, l.error_code as "errorCode",
         l.tokens_used::float8 as tokens, l.tokens_held::float8 as held, l.period_start as "periodStart"
       from usage_logs l left join users u on u.id = l.user_id where l.id = $1`,
      [usageId],
    ),
    sql.query<Correction>(
      `select c.id, c.created_at as at, a.name as admin, c.reason, c.tokens_before::float8 as before,
         c.tokens_after::float8 as after
       from usage_corrections c left join users a on a.id = c.admin_id where c.usage_id = $1 order by c.id`,
      [usageId],
    ),
  ])
  return row.rows[0] ? { ...row.rows[0], corrections: corrections.rows } : null
}
