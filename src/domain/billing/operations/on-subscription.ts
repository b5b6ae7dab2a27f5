import type { Sql } from '../../../platform/database/sql'
import { Problem } from '../../../platform/kernel/problem'
import type { AuditEvent } from '../../audit/record'
import { rollSubscription } from '../roll'
import type { SubscriptionRow } from '../subscription-row'

/**
 * A user's subscription, locked and in the period of this moment; null if there never was one. Throws NOT_FOUND for an
 * unknown user.
 */
export async function lockSubscription(
  sql: Sql,
  userId: string,
  now: Date | null,
): Promise<SubscriptionRow | null> {
  const { rows } = await sql.query('select from users where id = $1', [userId])
  if (rows.length === 0) throw new Problem('NOT_FOUND', 'There is no such user.')
  return rollSubscription(sql, userId, now)
}

/** The same, if it admits calls. Throws CONFLICT if there is none. */
export async function lockRunning(sql: Sql, userId: string, now: Date | null): Promise<SubscriptionRow> {
  const row = await lockSubscription(sql, userId, now)
  if (!row || row.status === 'expired')
    throw new Problem('CONFLICT', 'This user has no running subscription. Give them a plan first.')
  return row
}

/** The audit entry of a change to it. */
export const onSubscription = ({ id }: SubscriptionRow, note: string): AuditEvent => ({
  action: 'update',
  subject: 'subscriptions',
  subjectId: id,
  title: id,
  note,
})
