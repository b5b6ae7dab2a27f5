import type { Pool } from 'pg'
import { preparedStatement } from '../../platform/database/prepared-statement'
import { Problem } from '../../platform/kernel/problem'
import { SUBSCRIPTION_AT_SQL } from '../billing/subscription-at-sql'
import type { Credential } from './credential'
import { CREDENTIAL_SQL } from './credential-sql'
import { touchLastUsed } from './last-used'
import { isRefusedKey, rememberRefusedKey } from './refused-keys'

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

/**
 * The live principal of a credential, by one statement. Null if the session has ended, the key is unknown, inactive
 * or expired, or the user is disabled or deleted. A key that was refused just now costs no statement.
 */
export async function findPrincipal(
  pool: Pool,
  credential: Credential,
  now: Date | null,
): Promise<SignedInCaller | null> {
  if (credential.kind === 'api-key' && isRefusedKey(credential.keyHash)) return null
  const row = (await pool.query<Row>(FIND_PRINCIPAL({ credential, now }))).rows[0]
  if (row?.user_id) {
    if (row.api_key_id) touchLastUsed(row.api_key_id)
    return toCaller(row, credential.kind)
  }
  if (credential.kind === 'api-key') rememberRefusedKey(credential.keyHash, row?.key_is_stored ?? true)
  return null
}

/** The same. Throws UNAUTHORIZED if there is none. */
export async function requirePrincipal(pool: Pool, credential: Credential | null): Promise<SignedInCaller> {
  const principal = credential && (await findPrincipal(pool, credential, null))
  if (!principal) throw unauthorized()
  return principal
}

/** 401 for a credential that is missing, malformed, expired, revoked or unknown: the caller need not know which. */
export function unauthorized(): Problem {
  return new Problem('UNAUTHORIZED', 'Sign in first: send a valid access token or API key.')
}

type Lookup = { credential: Credential; now: Date | null }

const session = ({ credential }: Lookup) => (credential.kind === 'session' ? credential : null)

/**
 * Includes the current plan, as admission sees it. Each connection prepares the statement, because planning it takes ten
 * times as long as running it. A plan of the time when the tables were small is replaced after their next ANALYZE. The casts
 * keep the types of the result when a migration changes a column, or PostgreSQL would refuse the prepared statement.
 */
const FIND_PRINCIPAL = preparedStatement<Lookup>(
  'hub_principal',
  `
  with asked as (
    select :key_hash::text as key_hash, :session_id::uuid as session_id, :user_id::uuid as user_id,
      coalesce(:now::timestamptz, now()) as at
  )
  select caller.user_id::uuid, caller.name::text, caller.email::text, caller.role::text,
    caller.created_at::timestamptz, caller.session_id::uuid, caller.api_key_id::uuid, plan.tier::text as tier,
    coalesce((select version from catalogue_version), 0)::float8 as catalogue_version,
    asked.key_hash is not null and caller.user_id is null
      and exists (select from api_keys where api_keys.key_hash = asked.key_hash) as key_is_stored
  from asked
  left join ${CREDENTIAL_SQL} on true
  left join lateral (
    select p.tier from subscriptions s cross join ${SUBSCRIPTION_AT_SQL('s', 'asked.at')}
    join plans p on p.id = current.plan_now
    where s.user_id = caller.user_id and not current.expired
  ) plan on true`,
  {
    key_hash: ({ credential }) => (credential.kind === 'api-key' ? credential.keyHash : null),
    session_id: (lookup) => session(lookup)?.sessionId ?? null,
    user_id: (lookup) => session(lookup)?.userId ?? null,
    now: ({ now }) => now,
  },
)

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
