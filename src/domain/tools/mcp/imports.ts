import type { Sql } from '../../../platform/database/sql'
import type { Tool } from '../tool'
import { fingerprintOf, type RemoteTool, type Said, textOf } from './remote-tools'

/** What is known about a tool on its server: `changedAt` is set while its description differs from the imported one. */
export type McpImport = {
  /** The description at the last check; null if the server never responded. */
  seen: Said | null
  changedAt: Date | null
  checkedAt: Date | null
  problem: string | null
}

/** The address and the tool's name there, as one text: where a fingerprint comes from. */
export const sourceOf = (endpoint: string, remoteTool: string): string => `${endpoint} ${remoteTool}`

/** Stores the server's description of a tool as the one that the hub's tool was made from. */
export async function keepBaseline(
  sql: Sql,
  toolId: string,
  endpoint: string,
  remote: RemoteTool,
): Promise<void> {
  await sql.query(
    `insert into mcp_imports (tool_id, source, fingerprint, seen, checked_at) values ($1, $2, $3, $4, now())
     on conflict (tool_id) do update set source = excluded.source, fingerprint = excluded.fingerprint,
       seen = excluded.seen, checked_at = excluded.checked_at, changed_at = null, problem = null`,
    [toolId, sourceOf(endpoint, remote.name), fingerprintOf(remote), textOf(remote)],
  )
}

/**
 * Claims the tools that were not checked for this long, so that no other instance checks them at the same time. Returns
 * their ids. A tool with a new address starts again.
 */
export async function claimDue(sql: Sql, tools: readonly Tool[], afterSeconds: number): Promise<Set<string>> {
  const sources = tools.map((tool) => ({
    id: tool.id,
    source: sourceOf(tool.endpoint ?? '', tool.remoteTool ?? ''),
  }))
  await sql.query(ENTER, [JSON.stringify(sources)])
  const { rows } = await sql.query<{ tool_id: string }>(CLAIM, [tools.map(({ id }) => id), afterSeconds])
  return new Set(rows.map((row) => row.tool_id))
}

/** A tool may be gone since the catalogue was loaded. */
const ENTER = `
  insert into mcp_imports (tool_id, source)
  select s.id, s.source from jsonb_to_recordset($1::jsonb) as s(id uuid, source text) join tools t on t.id = s.id
  order by s.id
  on conflict (tool_id) do update set source = excluded.source, fingerprint = null, seen = null,
    changed_at = null, checked_at = null, problem = null
  where mcp_imports.source <> excluded.source`

const CLAIM = `
  update mcp_imports set checked_at = now() where tool_id in (
    select tool_id from mcp_imports
    where tool_id = any($1::uuid[])
      and (checked_at is null or checked_at <= now() - make_interval(secs => $2))
    order by tool_id for update skip locked)
  returning tool_id`

/** Stores the present description of the server. Later checks are compared with the first one. */
export async function noteSeen(sql: Sql, tool: Tool, remote: RemoteTool): Promise<void> {
  await sql.query(
    `update mcp_imports set fingerprint = coalesce(fingerprint, $2), seen = $4, problem = null, checked_at = now(),
       changed_at = case when coalesce(fingerprint, $2) = $2 then null
         when seen is distinct from $4 or changed_at is null then now() else changed_at end
     where tool_id = $1 and source = $3`,
    [tool.id, fingerprintOf(remote), sourceOf(tool.endpoint ?? '', remote.name), textOf(remote)],
  )
}

/** Stores why a tool could not be checked. */
export async function noteProblem(sql: Sql, tool: Tool, problem: string): Promise<void> {
  await sql.query(
    'update mcp_imports set problem = $2, checked_at = now() where tool_id = $1 and source = $3',
    [tool.id, problem, sourceOf(tool.endpoint ?? '', tool.remoteTool ?? '')],
  )
}

/** What is known about these tools on their servers, by id. Tools that were never checked at their address are missing. */
export async function readImports(sql: Sql, toolIds: string[]): Promise<Map<string, McpImport>> {
  const { rows } = await sql.query<Omit<McpImport, 'seen'> & { id: string; seen: string | null }>(
    `select tool_id as id, seen, changed_at as "changedAt", checked_at as "checkedAt", problem
     from mcp_imports join tools t on t.id = tool_id
     where tool_id = any($1::uuid[]) and source = concat(t.endpoint, ' ', t.remote_tool)`,
    [toolIds],
  )
  return new Map(
    rows.map(({ id, seen, ...known }) => [
      id,
      { ...known, seen: seen === null ? null : (JSON.parse(seen) as Said) },
    ]),
  )
}

/** Later checks compare the description with this one, which the server returned earlier. */
export async function acceptSeen(sql: Sql, toolId: string, said: Said): Promise<void> {
  await sql.query('update mcp_imports set fingerprint = $2, changed_at = null where tool_id = $1', [
    toolId,
    fingerprintOf(said),
  ])
}

/** The names on this server that are tools of the hub, including drafts. */
export async function importedNames(sql: Sql, endpoint: string): Promise<Set<string>> {
  const { rows } = await sql.query<{ name: string }>(
    `select remote_tool as name from tools where adapter::text = 'mcp' and endpoint = $1 and remote_tool is not null and deleted_at is null`,
    [endpoint],
  )
  return new Set(rows.map((row) => row.name))
}

/** All names and slugs of the hub's tools, including drafts. */
export async function namesInUse(sql: Sql): Promise<Set<string>> {
  const { rows } = await sql.query<{ name: string | null; slug: string | null }>(
    'select name, slug from tools where deleted_at is null',
  )
  return new Set(rows.flatMap(({ name, slug }) => [name, slug].filter((one) => one !== null)))
}
