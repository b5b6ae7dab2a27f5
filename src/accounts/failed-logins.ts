import type { Sql } from '../database/sql'

/** So many wrong passwords in a row lock an account, for so long. Its sessions and keys go on working. */
export const LOCK_AFTER_FAILURES = 10
export const LOCK_MINUTES = 10

/**
 * Counts a wrong password, in one update, and locks the account at the last one allowed. While it is locked
 * nothing is counted, so a lock ends even under attack. For null (no such account) the statement runs just the
 * same and finds nothing. It does not wait for the disk: that wait would tell which accounts exist, and a
 * crash may forget a failure of its last moment.
 */
export async function countFailedLogin(sql: Sql, userId: string | null, now: Date | null): Promise<void> {
  await sql.query(COUNT_FAILURE, [userId, now, LOCK_AFTER_FAILURES, LOCK_MINUTES])
}

const COUNT_FAILURE = `
  with moment as materialized (
    select coalesce($2::timestamptz, now()) as at, set_config('synchronous_commit', 'off', true)
  )
  update credentials set
    failed_logins = case when failed_logins + 1 >= $3 then 0 else failed_logins + 1 end,
    locked_until = case when failed_logins + 1 >= $3 then moment.at + make_interval(mins => $4) end
  from moment
  where user_id = $1 and (locked_until is null or locked_until <= moment.at)`
