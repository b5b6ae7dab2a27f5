import type { Sql } from '../../platform/database/sql'
import { perProcess } from '../../platform/kernel/process'
import { keepSealedSecrets } from './secrets'
import type { Tool } from './tool'
import { CATALOGUE_SQL, type ToolRow, toTool } from './tool-row'

/** All published tools as they were at one version, active or not, by name. */
export class Catalogue {
  readonly #byIdOrSlug = new Map<string, Tool>()

  constructor(
    readonly version: number,
    readonly tools: readonly Tool[],
  ) {
    for (const tool of tools) this.#byIdOrSlug.set(tool.slug, tool)
    // Ids have priority: a slug that looks like another tool's id must not hide that tool.
    for (const tool of tools) this.#byIdOrSlug.set(tool.id, tool)
  }

  /** The tool with this id or slug, active or not; case is ignored. */
  find(idOrSlug: string): Tool | undefined {
    return this.#byIdOrSlug.get(idOrSlug) ?? this.#byIdOrSlug.get(idOrSlug.toLowerCase())
  }
}

type Holder = { loaded: Catalogue | undefined; loading: Promise<Catalogue> | undefined }

const holder = () => perProcess<Holder>('tools.catalogue', () => ({ loaded: undefined, loading: undefined }))

/**
 * The process's catalogue, at least as new as `version` (which the caller saw in the database). Without a version it returns
 * the loaded one. Only the first call and a newer version need a query.
 */
export async function catalogueAt(sql: Sql, version = 0): Promise<Catalogue> {
  const { loaded } = holder()
  if (loaded && loaded.version >= version) return loaded
  const joined = await load(sql)
  // The load that was joined may have begun before the version that the caller saw was committed.
  return joined.version >= version ? joined : load(sql)
}

/**
 * Loads the catalogue if the stored version differs from the loaded one. Used after an admission returned `stale`, and for
 * an unknown name: one small query, so that guessed names stay cheap.
 */
export async function refreshCatalogue(sql: Sql): Promise<Catalogue> {
  const { loaded } = holder()
  if (!loaded) return catalogueAt(sql)
  const { rows } = await sql.query<{ version: string }>('select version from catalogue_version')
  const version = Number(rows[0]?.version ?? 0)
  // Not "newer": a restored database may have gone back.
  if (version === loaded.version) return loaded
  return version > loaded.version ? catalogueAt(sql, version) : load(sql)
}

/** Loads the catalogue; callers in the meantime share the same load. */
function load(sql: Sql): Promise<Catalogue> {
  const held = holder()
  held.loading ??= query(sql)
    .then((catalogue) => {
      held.loaded = catalogue
      return catalogue
    })
    .finally(() => {
      held.loading = undefined
    })
  return held.loading
}

async function query(sql: Sql): Promise<Catalogue> {
  const { rows } = await sql.query<ToolRow>(CATALOGUE_SQL)
  const tools = rows.flatMap((row) => (hasTool(row) ? [toToolWithSecrets(row)] : []))
  return new Catalogue(Number(rows[0]?.version ?? 0), tools)
}

function hasTool(row: ToolRow): row is ToolRow & { id: string } {
  return row.id !== null
}

function toToolWithSecrets(row: ToolRow & { id: string }): Tool {
  const tool = toTool(row)
  keepSealedSecrets(tool, row.secrets ?? [])
  return tool
}
