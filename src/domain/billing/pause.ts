import type { Sql } from '../../platform/database/sql'

/**
 * Refuses the user's calls from now on, or accepts them again. Calls in flight end as usual; plan, period and tokens
 * do not change. The caller has locked the row.
 */
export async function setPause(
  sql: Sql,
  userId: string,
  pause: { reason: string; at: Date } | null,
): Promise<void> {
  await sql.query(`update subscriptions set paused_at = $2, paused_reason = $3 where user_id = $1`, [
    userId,
    pause?.at ?? null,
    pause?.reason ?? null,
  ])
}
