import type { Sql } from '../../platform/database/sql'
import {
  decryptSecret,
  encryptSecret,
  type SealedSecret,
  SecretUnreadable,
} from '../../platform/outbound/seal'
import { type FormerSecret, openFormer } from '../../platform/outbound/seal-before'
import { upstreamOf } from './secrets'
import { destinationFor, readStored } from './stored-destination'

type Row = FormerSecret & { toolId: string; slug: string; sealed: string | null }

/** A secret of a tool that cannot be opened, and why. */
export type Unreadable = { tool: string; secret: string; reason: string }

const ALL = `
  select s.tool_id as "toolId", t.slug, s.name, s.key_id as "keyId", s.nonce, s.ciphertext, s.sealed
  from tool_secrets s join tools t on t.id = s.tool_id order by t.slug, s.name`

/**
 * Seals each secret that only an earlier version has sealed for the place to which its tool goes now. Answers those that
 * cannot be opened, of whichever kind. Run it in a transaction, one instance at a time.
 */
export async function sealToolSecrets(sql: Sql, secret: string): Promise<Unreadable[]> {
  const { rows } = await sql.query<Row>(ALL)
  const unreadable: Unreadable[] = []
  for (const row of rows) {
    const reason = await sealOne(sql, row, secret).catch((error: unknown) => {
      if (error instanceof SecretUnreadable) return error.message
      throw error
    })
    if (reason) unreadable.push({ tool: row.slug, secret: row.name, reason })
  }
  return unreadable
}

async function sealOne(sql: Sql, row: Row, secret: string): Promise<null> {
  const stored = await readStored(sql, row.toolId, true)
  const destination = stored && destinationFor(stored, upstreamOf(row.name))
  if (row.sealed !== null) {
    decryptSecret(row.toolId, row, secret, destination ?? null)
    return null
  }
  const value = openFormer(row.toolId, row, secret)
  // Its upstream is gone: there is no place that it belongs to.
  if (destination === undefined)
    throw new SecretUnreadable(`header ${row.name} belongs to no upstream: remove it`)
  const { sealed } = encryptSecret(row.toolId, row.name, value, secret, destination)
  await sql.query('update tool_secrets set sealed = $3 where tool_id = $1 and name = $2', [
    row.toolId,
    row.name,
    sealed,
  ])
  return null
}

type OfTool = SealedSecret & { tool_id: string }

/** The names of a tool's secrets that cannot be opened for the place to which it goes. */
export async function unreadableSecrets(sql: Sql, toolId: string, secret: string): Promise<string[]> {
  const { rows } = await sql.query<OfTool>(
    'select tool_id, name, sealed from tool_secrets where tool_id = $1 order by name',
    [toolId],
  )
  if (rows.length === 0) return []
  const stored = await readStored(sql, toolId)
  return rows
    .filter((row) => {
      try {
        const destination = stored && destinationFor(stored, upstreamOf(row.name))
        decryptSecret(toolId, row, secret, destination ?? null)
        return false
      } catch {
        return true
      }
    })
    .map(({ name }) => name)
}
