import { v7 as newId } from 'uuid'
import type { Sql } from '../../platform/database/sql'
import { networkOrUnknown } from '../../platform/kernel/networks'
import { type AuditOrigin, INSERT_AUDIT } from '../audit/record'
import {
  CLOSE_HOURS,
  IS_CLOSED,
  IS_KNOWN,
  IS_LOCKED,
  joinNetwork,
  LOCK_AFTER_FAILURES,
  LOCK_MINUTES,
} from './sign-in-state'

/**
 * Counts a wrong password, for the account and for its network, and locks the account for that network after the last
 * allowed one. While it is locked nothing is counted, so a lock ends even under attack. Attempts that a closed
 * account refuses anyway are not counted either, so an attack from many networks does not add a row for each. All of
 * them are recorded in the audit log, in the same statement. For null (no such account) the same statement runs and
 * finds nothing. It does not wait for the disk: the wait would show which accounts exist. So a crash may lose the
 * last failures.
 */
export async function countFailedLogin(
  sql: Sql,
  userId: string | null,
  { address, userAgent, requestId = null }: AuditOrigin,
  isTrusted: boolean,
  now: Date | null,
): Promise<void> {
  const origin = [address, userAgent?.replaceAll('\0', '') ?? null, requestId]
  await sql.query(COUNT_FAILURE, [userId, now, newId(), ...origin, networkOrUnknown(address), isTrusted])
}

const IN_THIS_DAY = `failures_since > moment.at - interval '${CLOSE_HOURS} hours'`

/**
 * Locks the user, then the credential, then its networks. Every statement uses this order, so no two wait for each
 * other.
 */
const COUNT_FAILURE = `
  with moment as materialized (
    select coalesce($2::timestamptz, now()) as at, set_config('synchronous_commit', 'off', true)
  ), owner as materialized (
    select id, email, disabled from users where id = $1 for key share
  ), found as materialized (
    select owner.id, owner.email, owner.disabled, ${IS_LOCKED} as locked,
      ${IS_CLOSED} and not ${IS_KNOWN} and not $8::boolean as closed
    from moment, owner left join credentials on credentials.user_id = owner.id ${joinNetwork(7)}
  ), audited as (
    ${INSERT_AUDIT}
    select $3, moment.at, 'sign-in-failed', null, null, 'nobody', 'users', found.id::text, found.email,
      case when found.disabled then 'The account is disabled'
        when found.locked then 'The account is locked for this network'
        when found.closed then 'Too many failures: only known networks and browsers' else 'Wrong password' end,
      null::jsonb, null, $4, left($5, 400), $6
    from moment, found
  ), counted as (
    update credentials set
      failures_in_day = case when ${IN_THIS_DAY} then failures_in_day + 1 else 1 end,
      failures_since = case when ${IN_THIS_DAY} then failures_since else moment.at end
    from moment, found
    where credentials.user_id = found.id and not found.locked and not found.closed
    returning credentials.user_id, moment.at
  )
  insert into sign_in_networks as network (user_id, network, failed_logins, failed_at)
  select user_id, $7::cidr, 1, at from counted
  on conflict (user_id, network) do update set
    failed_logins = case when network.failed_logins + 1 >= ${LOCK_AFTER_FAILURES} then 0
      else network.failed_logins + 1 end,
    locked_until = case when network.failed_logins + 1 >= ${LOCK_AFTER_FAILURES}
      then excluded.failed_at + interval '${LOCK_MINUTES} minutes' end,
    failed_at = excluded.failed_at
  where network.locked_until is null or network.locked_until <= excluded.failed_at`
