import type { Sql } from '../../platform/database/sql'
import { networkOrUnknown } from '../../platform/kernel/networks'
import type { AuditOrigin } from '../audit/record'
import { CLOSE_HOURS, KNOWN_DAYS } from './sign-in-state'

/** Makes the network of a request known to an account, as a sign-in does. */
export async function rememberNetwork(
  sql: Sql,
  userId: string,
  { address }: AuditOrigin,
  now: Date | null,
): Promise<void> {
  await sql.query(
    `insert into sign_in_networks (user_id, network, signed_in_at) values ($1, $2::cidr, coalesce($3::timestamptz, now()))
     on conflict (user_id, network) do update set signed_in_at = excluded.signed_in_at`,
    [userId, networkOrUnknown(address), now],
  )
}

/** Removes networks that are no longer known and whose failures no longer count. */
export async function deleteForgottenNetworks(sql: Sql, now: Date | null): Promise<void> {
  await sql.query(
    `delete from sign_in_networks using (select coalesce($1::timestamptz, now()) as at) moment
     where coalesce(signed_in_at, '-infinity') < moment.at - interval '${KNOWN_DAYS} days'
       and coalesce(failed_at, '-infinity') < moment.at - interval '${CLOSE_HOURS} hours'
       and coalesce(locked_until, '-infinity') < moment.at`,
    [now],
  )
}
