import type { CollectionBeforeOperationHook, Where } from 'payload'
import { type Condition, conditionsOf, namedValues, withBounds } from '../../platform/payload/bound-where'
import { readingSql, UUID } from '../../platform/payload/payload-sql'

/**
 * Payload's `beforeOperation` hook of invocations. A filter by API key is one by its owner as well, whose calls have an
 * index, as a key never changes hands: without, a key that called seldom is looked for in every row. So is one that is
 * gone.
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

/** The keys that a condition names, in PostgreSQL's spelling. */
function keysOf(condition: Condition): string[] {
  const keys = namedValues(condition)
  return keys.every((key) => UUID.test(key)) ? keys.map((key) => key.toLowerCase()) : []
}
