import type { Payload } from 'payload'
import type { Sql } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import type { HubUser } from '../../platform/payload/caller'
import { UUID } from '../../platform/payload/payload-sql'
import { setApart } from './breakers'
import { toolOfDocument } from './document-tool'
import { destinationOf } from './model-checks'
import { MAIN } from './model-row'
import { keepSealedSecrets, type SealedSecret, upstreamOf } from './secrets'
import { readStored, type StoredTool } from './stored-destination'
import type { Tool } from './tool'
import { SEALED_SQL } from './tool-row'

/** A tool as its last saved draft has it, and the secrets that it may not use: they belong to another address. */
export type Draft = { tool: Tool; secretsLeftOut: string[] }

/**
 * Reads the last saved draft of a tool, or the published one if it is the newest, with this user's own rights.
 * It is set apart: what its calls find opens no breaker of the tool that others call. Secrets belong to the stored
 * tool, so a draft that goes elsewhere is called without them. Throws NOT_FOUND.
 */
export async function readDraft(payload: Payload, sql: Sql, user: HubUser, idOrSlug: string): Promise<Draft> {
  const id = await findId(sql, idOrSlug)
  if (id === null) throw new Problem('NOT_FOUND', 'There is no such tool.')
  const doc = await payload.findByID({
    collection: 'tools',
    id,
    draft: true,
    depth: 0,
    user,
    overrideAccess: false,
  })
  const tool = toolOfDocument({ ...doc, id })
  const stored = await readStored(sql, id)
  const sealed = (await sql.query<SealedSecret>(SEALED_SQL, [id])).rows
  const own = sealed.filter(({ name }) => mayUse(tool, stored, upstreamOf(name) ?? MAIN))
  const ready = { ...tool, secretNames: own.map(({ name }) => name) }
  keepSealedSecrets(ready, own)
  setApart(ready)
  const secretsLeftOut = sealed.filter((one) => !own.includes(one)).map(({ name }) => name)
  return { tool: ready, secretsLeftOut }
}

async function findId(sql: Sql, idOrSlug: string): Promise<string | null> {
  const by = UUID.test(idOrSlug) ? 'id = $1::uuid' : 'slug = lower($1)'
  const { rows } = await sql.query<{ id: string }>(
    `select id from tools where ${by} and deleted_at is null`,
    [idOrSlug],
  )
  return rows[0]?.id ?? null
}

/** Whether this address of the draft is the one that the stored tool's secret belongs to. */
function mayUse(tool: Tool, stored: StoredTool | null, upstream: string): boolean {
  const before = upstream === MAIN ? stored : stored?.upstreams.find(({ name }) => name === upstream)
  const now = upstream === MAIN ? tool : tool.model?.upstreams.find(({ name }) => name === upstream)
  if (!before || !now) return false
  return destinationOf(before.adapter, before.endpoint) === destinationOf(now.adapter, now.endpoint)
}
