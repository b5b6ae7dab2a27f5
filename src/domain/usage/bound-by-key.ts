import type { CollectionBeforeOperationHook, Where } from 'payload'
import { type Condition, conditionsOf, namedValues, withBounds } from '../../platform/payload/bound-where'
import { readingSql, UUID } from '../../platform/payload/payload-sql'

/**
 * Payload's `beforeOperation` hook of the usage log. A key never changes its owner, so a filter by API key also
 * becomes a filter by owner, for which an index exists. Otherwise a search for a rarely used or deleted key reads
 * every row.
 */
export const boundByKey: CollectionBeforeOperationHook = async ({ args, req }) => {
  const { where } = args as { where?: Where }
  const keys = where ? conditionsOf(where, 'apiKey').flatMap(keysOf) : []
  if (!where || keys.length === 0) return args
  const sql = await readingSql(req)
  const { rows } = await sql.query<{ id: string; user_id: string }>(
    'select id, user_id from api_keys where id = any ($1::uuid[])',
    [keys],
  )
  const owners = new Map(rows.map((row) => [row.id, row.user_id]))
  return { ...args, where: withBounds(where, 'apiKey', (condition) => ownersOf(condition, owners)) }
}

function ownersOf(condition: Condition, owners: Map<string, string>): Where[] {
  const users = keysOf(condition).map((key) => owners.get(key))
  if (users.length === 0 || users.includes(undefined)) return []
  return [{ user: { in: [...new Set(users)] } }]
}

/** The keys in a condition, as PostgreSQL writes them. */
function keysOf(condition: Condition): string[] {
  const keys = namedValues(condition)
  return keys.every((key) => UUID.test(key)) ? keys.map((key) => key.toLowerCase()) : []
}
