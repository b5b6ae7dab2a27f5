import type { Sql } from '../../platform/database/sql'
import { SUBSCRIPTION_AT_SQL } from '../billing/subscription-at-sql'
import type { Credential } from './credential'
import { CREDENTIAL_SQL } from './credential-sql'
import { touchLastUsed } from './last-used'
import { rememberRefusedKey } from './refused-keys'

/** Who is calling, and how they signed in. */
export type Principal = {
  userId: string
  name: string
  email: string
  createdAt: Date
  role: 'user' | 'admin'
  via: 'session' | 'api-key'
  sessionId: string | null
  apiKeyId: string | null
}

/**
 * A principal with the data that every catalogue needs: the tier of the caller's current plan (null without a running
 * subscription), and the catalogue's version, so that a cached catalogue costs no query.
 */
export type SignedInCaller = Principal & { tier: string | null; catalogueVersion: number }

/** An admin who signed in with their password. An API key never has an admin's rights, even if an admin owns it. */
export const isAdmin = (principal: Principal): boolean =>
  principal.role === 'admin' && principal.via === 'session'

/**
 * The live principal of a credential, by one statement. Null if the session has ended, the key is unknown, inactive
 * or expired, or the user is disabled or deleted.
 */
export async function findPrincipal(
  sql: Sql,
  credential: Credential,
  now: Date | null,
): Promise<SignedInCaller | null> {
  const keyHash = credential.kind === 'api-key' ? credential.keyHash : null
  const session = credential.kind === 'session' ? credential : null
  const values = [keyHash, session?.sessionId ?? null, session?.userId ?? null, now]
  const row = (await sql.query<Row>(FIND_PRINCIPAL, values)).rows[0]
  if (row?.user_id) {
    if (row.api_key_id) touchLastUsed(row.api_key_id)
    return toCaller(row, credential.kind)
  }
  if (keyHash !== null) rememberRefusedKey(keyHash, row?.key_is_stored ?? true)
  return null
}

/** Includes the current plan, as admission sees it. */
const FIND_PRINCIPAL = `
  with asked as (
    select $1::text as key_hash, $2::uuid as session_id, $3::uuid as user_id,
      coalesce($4::timestamptz, now()) as at
  )
  select caller.*, plan.tier::text as tier,
    coalesce((select version from catalogue_version), 0)::float8 as catalogue_version,
    asked.key_hash is not null and caller.user_id is null
      and exists (select from api_keys where api_keys.key_hash = asked.key_hash) as key_is_stored
  from asked
  left join ${CREDENTIAL_SQL} on true
  left join lateral (
    select p.tier from subscriptions s cross join ${SUBSCRIPTION_AT_SQL('s', 'asked.at')}
    join plans p on p.id = current.plan_now
    where s.user_id = caller.user_id and not current.expired
  ) plan on true`

type Row = {
  user_id: string | null
  name: string
  email: string
  role: 'user' | 'admin'
  created_at: Date
  session_id: string | null
  api_key_id: string | null
  tier: string | null
  catalogue_version: number
  key_is_stored: boolean
}

function toCaller(row: Row, via: Credential['kind']): SignedInCaller {
  return {
    userId: row.user_id ?? '',
    name: row.name,
    email: row.email,
    createdAt: row.created_at,
    role: row.role,
    via,
    sessionId: row.session_id,
    apiKeyId: row.api_key_id,
    tier: row.tier,
    catalogueVersion: row.catalogue_version,
  }
}
