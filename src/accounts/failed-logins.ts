import { v7 as newId } from 'uuid'
import { type AuditOrigin, INSERT_AUDIT } from '../audit/record'
import type { Sql } from '../database/sql'

/** So many wrong passwords in a row lock an account, for so long. Its sessions and keys go on working. */
export const LOCK_AFTER_FAILURES = 10
export const LOCK_MINUTES = 10

/**
 * Counts a wrong password, in one update, and locks the account at the last one allowed. While it is locked
 * nothing is counted, so a lock ends even under attack. Either way it goes on record, in the same statement. For null (no such account) the statement runs just the
 * same and finds nothing. It does not wait for the disk: that wait would tell which accounts exist, and a
 * crash may forget a failure of its last moment.
 */
export async function countFailedLogin(
  sql: Sql,
  userId: string | null,
  { address, userAgent, requestId = null }: AuditOrigin,
  now: Date | null,
): Promise<void> {
  const origin = [address, userAgent?.replaceAll('\0', '') ?? null, requestId]
  await sql.query(COUNT_FAILURE, [userId, now, LOCK_AFTER_FAILURES, LOCK_MINUTES, newId(), ...origin])
}

const COUNT_FAILURE = `
  with moment as materialized (
    select coalesce($2::timestamptz, now()) as at, set_config('synchronous_commit', 'off', true)
  ), audited as (
    ${INSERT_AUDIT}
    select $5, moment.at, 'sign-in-failed', null, null, 'nobody', 'users', users.id::text, users.email,
      case when users.disabled then 'The account is disabled'
        when credentials.locked_until > moment.at then 'The account is locked' else 'Wrong password' end,
      null::jsonb, null, $6, left($7, 400), $8
    from moment, users left join credentials on credentials.user_id = users.id where users.id = $1
  )
  update credentials set
    failed_logins = case when failed_logins + 1 >= $3 then 0 else failed_logins + 1 end,
    locked_until = case when failed_logins + 1 >= $3 then moment.at + make_interval(mins => $4) end
  from moment
  where user_id = $1 and (locked_until is null or locked_until <= moment.at)`
