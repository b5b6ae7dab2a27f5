import type { Pool } from 'pg'
import { v7 as newId } from 'uuid'
import { inTransaction, type Sql } from '../../platform/database/sql'
import { invalidField, Problem } from '../../platform/kernel/problem'
import { type AuditBy, recordAudit, SYSTEM } from '../audit/record'
import { generateApiKey } from './api-key-format'
import type { AccountsDeps } from './deps'
import { nameSchema, readField } from './input'

/** With more live keys than this, nobody can tell them apart. */
export const MOST_ACTIVE_KEYS = 100

export type ApiKeyView = {
  id: string
  name: string
  keyPrefix: string
  active: boolean
  createdAt: Date
  lastUsedAt: Date | null
  expiresAt: Date | null
}

/** A key that was just created, with the key itself, which is shown only once. */
export type NewApiKey = ApiKeyView & { key: string }

/**
 * Creates a key for a user and stores its hash. Throws VALIDATION_ERROR (name; `expires_at` not in the future) and
 * CONFLICT if the user has too many.
 */
export async function createApiKey(
  deps: Pick<AccountsDeps, 'pool'>,
  userId: string,
  input: { name: string; expiresAt?: Date | null },
  now: Date | null = null,
  by: AuditBy = SYSTEM,
): Promise<NewApiKey> {
  const name = readField('name', nameSchema, input.name)
  const made = generateApiKey()
  const values = [newId(), userId, name, made.prefix, made.hash, input.expiresAt ?? null, now]
  const view = await inTransaction(deps.pool, async (sql) => {
    await assertRoomForKey(sql, userId, now)
    const made = (await sql.query<ApiKeyView>(INSERT_KEY, values)).rows[0]
    if (made) await recordAudit(sql, by, [madeKey(made, userId)], now)
    return made
  })
  if (!view) throw invalidField('expires_at', 'must be in the future')
  return { ...view, key: made.key }
}

function madeKey({ id, name, keyPrefix, expiresAt }: ApiKeyView, userId: string) {
  const values = { name, keyPrefix, user: userId, active: true, ...(expiresAt ? { expiresAt } : {}) }
  const changes = Object.fromEntries(Object.entries(values).map(([field, to]) => [field, { from: null, to }]))
  return { action: 'create', subject: 'api-keys', subjectId: id, title: name, changes } as const
}

/**
 * Throws CONFLICT if the user has reached the maximum of live keys. It locks the user until the caller's transaction
 * ends, so that two keys created at once are both counted.
 */
export async function assertRoomForKey(sql: Sql, userId: string, now: Date | null = null): Promise<void> {
  await sql.query('select from users where id = $1 for no key update', [userId])
  const counted = await sql.query<{ live: number }>(COUNT_LIVE, [userId, now])
  if ((counted.rows[0]?.live ?? 0) < MOST_ACTIVE_KEYS) return
  throw new Problem('CONFLICT', `You have ${MOST_ACTIVE_KEYS} API keys. Revoke one that you no longer use.`)
}

/**
 * The user's keys, newest first. Revoked and expired ones are included, so that the history can still show their
 * names.
 */
export async function listApiKeys(sql: Sql, userId: string): Promise<ApiKeyView[]> {
  const found = await sql.query<ApiKeyView>(
    `select ${VIEW} from api_keys where user_id = $1 order by created_at desc, id desc limit 1000`,
    [userId],
  )
  return found.rows
}

/**
 * Revokes one of the user's own keys, at once on all instances; a second time is no error. Throws NOT_FOUND for any
 * other.
 */
export async function revokeApiKey(
  pool: Pool,
  userId: string,
  keyId: string,
  now: Date | null = null,
  by: AuditBy = SYSTEM,
): Promise<ApiKeyView> {
  return inTransaction(pool, (sql) => revokeWithin(sql, userId, keyId, now, by))
}

/** Like `revokeApiKey`, as a part of a transaction. */
export async function revokeWithin(
  sql: Sql,
  userId: string,
  keyId: string,
  now: Date | null,
  by: AuditBy,
): Promise<ApiKeyView> {
  const owned = await sql.query<{ active: boolean }>(
    'select active is true as active from api_keys where id = $2 and user_id = $1 for no key update',
    [userId, keyId],
  )
  const before = owned.rows[0]
  if (!before) throw new Problem('NOT_FOUND', 'There is no such API key.')
  const revoked = await sql.query<ApiKeyView>(
    `update api_keys set active = false, updated_at = coalesce($2::timestamptz, now())
       where id = $1 returning ${VIEW}`,
    [keyId, now],
  )
  const view = revoked.rows[0] as ApiKeyView
  const about = { subject: 'api-keys', subjectId: view.id, title: view.name }
  const changes = { active: { from: true, to: false } }
  if (before.active) await recordAudit(sql, by, [{ action: 'update', ...about, changes }], now)
  return view
}

const VIEW = `id, name, key_prefix as "keyPrefix", active is true as active, created_at as "createdAt",
  last_used_at as "lastUsedAt", expires_at as "expiresAt"`

const COUNT_LIVE = `
  select count(*)::int as live from api_keys
  where user_id = $1 and active and (expires_at is null or expires_at > coalesce($2::timestamptz, now()))`

/** Inserts nothing if the key would already be expired. */
const INSERT_KEY = `
  insert into api_keys (id, user_id, name, key_prefix, key_hash, active, expires_at, created_at, updated_at)
  select $1, $2, $3, $4, $5, true, $6::timestamptz, at, at
  from (select coalesce($7::timestamptz, now()) as at) moment
  where $6::timestamptz is null or $6::timestamptz > at
  returning ${VIEW}`

export { generateApiKey }
