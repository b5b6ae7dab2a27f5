import type { Pool } from 'pg'
import type { Sql } from '../../../platform/database/sql'
import { grouped } from '../../../platform/kernel/grouped'
import { Problem } from '../../../platform/kernel/problem'
import { every, type WarnLog, warnOf } from '../../../platform/log/every'
import { refreshCatalogue } from '../catalogue'
import { ownHeaders } from '../own-headers'
import { SecretUnreadable } from '../secrets'
import type { Tool } from '../tool'
import { claimDue, type McpImport, noteProblem, noteSeen, readImports } from './imports'
import { listRemoteTools, type RemoteTool } from './remote-tools'

const LOOK_MS = 60_000
const DUE_SECONDS = 3_600
const SERVERS_AT_ONCE = 8

export type Watched = { tool: Tool; state: McpImport }

/**
 * Each hour, requests the descriptions of MCP tools from their servers and records changes. It changes no tool. Any number
 * of instances may run it: only one checks each tool. Returns a function that stops it and ends the requests in flight.
 */
export function startMcpWatch(pool: Pool, log: WarnLog, lookMs = LOOK_MS): () => Promise<void> {
  const ended = new AbortController()
  const stop = every(
    lookMs,
    () => checkServers(pool, DUE_SECONDS, ended.signal),
    warnOf(log, 'MCP servers could not be checked'),
  )
  return async () => {
    ended.abort()
    await stop()
  }
}

/**
 * Checks the published tools of MCP servers that were not checked for this long, with one request per server. Returns the
 * tools that differ from their import or could not be checked.
 */
export async function checkServers(sql: Sql, afterSeconds: number, signal?: AbortSignal): Promise<Watched[]> {
  const tools = (await refreshCatalogue(sql)).tools.filter(({ adapter }) => adapter === 'mcp')
  const due = await claimDue(sql, tools, afterSeconds)
  const servers = [...byServer(tools.filter(({ id }) => due.has(id)))]
  const next = async (): Promise<void> => {
    for (let own = servers.pop(); own && !signal?.aborted; own = servers.pop())
      await checkServer(sql, own, signal)
  }
  await Promise.all(Array.from({ length: SERVERS_AT_ONCE }, next))
  const states = await readImports(
    sql,
    tools.map(({ id }) => id),
  )
  return tools.flatMap((tool) => {
    const state = states.get(tool.id)
    return state && (state.changedAt ?? state.problem) !== null ? [{ tool, state }] : []
  })
}

/** Tools of one server with the same headers are listed by one request. */
const byServer = (tools: Tool[]): Tool[][] => [
  ...grouped(tools, (tool) => JSON.stringify([tool.endpoint, ownHeadersOrNull(tool)])).values(),
]

function ownHeadersOrNull(tool: Tool): Record<string, string> | null {
  const own = ownHeaders(tool)
  return own instanceof SecretUnreadable ? null : own.headers
}

async function checkServer(sql: Sql, tools: Tool[], signal?: AbortSignal): Promise<void> {
  const found = await toolsOfServerOf(tools[0] as Tool, signal).catch((error: unknown) => {
    if (error instanceof Problem) return error.message
    throw error
  })
  if (signal?.aborted) return
  for (const tool of tools) {
    if (typeof found === 'string') {
      await noteProblem(sql, tool, found)
      continue
    }
    const remote = found.find(({ name }) => name === tool.remoteTool)
    if (remote) await noteSeen(sql, tool, remote)
    else await noteProblem(sql, tool, 'The server no longer has a tool with this name.')
  }
}

/** The tools that a tool's server lists, requested with the tool's own headers. Throws a `Problem`. */
export async function toolsOfServerOf(tool: Tool, signal?: AbortSignal): Promise<RemoteTool[]> {
  const own = ownHeaders(tool)
  if (own instanceof SecretUnreadable) throw new Problem('TOOL_UNAVAILABLE', own.message)
  return listRemoteTools({ endpoint: tool.endpoint ?? '', ...own }, signal)
}
