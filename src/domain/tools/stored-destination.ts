import type { Sql } from '../../platform/database/sql'
import { destinationOf } from './model-checks'

/** Where the stored tool goes: what its secrets belong to. The names are the document's. */
export type StoredTool = {
  adapter: string | null
  endpoint: string | null
  upstreams: { name: string; adapter: string | null; endpoint: string | null }[]
}

/** Where the stored tool goes; null for one that is gone. `lock` keeps it so until the transaction ends. */
export async function readStored(sql: Sql, id: string, lock = false): Promise<StoredTool | null> {
  const { rows } = await sql.query<StoredTool>(
    `select t.adapter::text as adapter, t.endpoint, coalesce((
       select json_agg(json_build_object('name', u.name, 'adapter', u.adapter, 'endpoint', u.endpoint))
       from tools_upstreams u where u._parent_id = t.id), '[]') as upstreams
     from tools t where t.id = $1 ${lock ? 'for no key update of t' : ''}`,
    [id],
  )
  return rows[0] ?? null
}

/**
 * The destination that a secret of a tool belongs to, by the upstream that its name tells; null for the tool's own
 * address. Undefined where the tool has no such upstream.
 */
export function destinationFor(
  tool: Pick<StoredTool, 'adapter' | 'endpoint'> & { upstreams: readonly StoredTool['upstreams'][number][] },
  upstream: string | null,
): string | null | undefined {
  if (upstream === null) return destinationOf(tool.adapter, tool.endpoint)
  const one = tool.upstreams.find(({ name }) => name === upstream)
  return one && destinationOf(one.adapter, one.endpoint)
}
