import type { Pool } from 'pg'
import type { AccountsConfig } from '../../domain/accounts/deps'
import { LOCK_SHOWN } from '../../domain/accounts/sign-in-state'
import { recordAudit } from '../../domain/audit/record'
import { rollSubscription } from '../../domain/billing/roll'
import type { Sql } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import { doneOrPreviewed, type Effect } from '../parts/effect'
import type { UserAction } from './action-input'
import { decide } from './decide'
import type { UserContext } from './decision'

type Request = {
  pool: Pool
  config: AccountsConfig
  userId: string
  by: UserContext['by']
  action: UserAction
  /** True: only shows what it would change. */
  preview: boolean
  now?: Date | null
}

/**
 * Decides an action and executes it in one transaction. A preview only decides it, and rolls back what that wrote (the
 * start of a new period). Throws NOT_FOUND for an unknown user.
 */
export async function performUserAction(request: Request): Promise<Effect[]> {
  return doneOrPreviewed(request.pool, request.preview, async (sql) => {
    const decision = await decide(sql, await readContext(sql, request), request.action)
    if (!request.preview) {
      await decision.execute(sql)
      if (decision.record) await recordAudit(sql, request.by, [decision.record], request.now ?? null)
    }
    return decision.effects
  })
}

async function readContext(sql: Sql, { userId, by, config, now = null }: Request): Promise<UserContext> {
  const { rows } = await sql.query<UserContext['user'] & { lockedUntil: Date | null }>(
    `select u.id, u.email, u.name, coalesce(u.disabled, false) as disabled,
       case when shown.until > moment.at then shown.until end as "lockedUntil"
     from (select coalesce($2::timestamptz, now()) as at) moment, users u
     left join credentials on credentials.user_id = u.id left join ${LOCK_SHOWN} on true where u.id = $1`,
    [userId, now],
  )
  const found = rows[0]
  if (!found) throw new Problem('NOT_FOUND', 'There is no such user.')
  const { lockedUntil, ...user } = found
  const subscription = await rollSubscription(sql, userId, now)
  return { user, by, config, subscription, lockedUntil, now }
}
