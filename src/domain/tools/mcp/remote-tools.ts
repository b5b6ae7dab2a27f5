import { createHash } from 'node:crypto'
import type { Client } from '@modelcontextprotocol/client'
import { invalidField, Problem } from '../../../platform/kernel/problem'
import { isDeeperThan, MOST_DEPTH } from '../depth'
import { type Connected, type RemoteAnswer, type RemoteServer, withServer } from './connection'

/** One tool as its server describes it. */
export type RemoteTool = {
  name: string
  title: string | null
  description: string
  inputSchema: Record<string, unknown>
}

/** The parts by which a client, and its model, decide how to call the tool. */
export type Said = Pick<RemoteTool, 'description' | 'inputSchema'>

const MOST_TOOLS = 500
const LIST_MS = 15_000

/**
 * The tools of an MCP server, from all pages. Throws a `Problem`: VALIDATION_ERROR for a refused address, otherwise one of
 * the TOOL_* codes.
 */
export async function listRemoteTools(server: RemoteServer, signal?: AbortSignal): Promise<RemoteTool[]> {
  const answer = await withServer(server, { timeoutMs: LIST_MS, signal }, readTools)
  if (answer.ended !== 'done') throw toProblem(answer)
  if (answer.value.length > MOST_TOOLS)
    throw new Problem('TOOL_BAD_RESPONSE', `The MCP server has over ${MOST_TOOLS} tools: too many to list.`)
  return answer.value.map(readTool)
}

/** Throws TOOL_BAD_RESPONSE for a tool whose description is nested too deeply. */
function readTool(tool: Listed): RemoteTool {
  if (isDeeperThan(tool, MOST_DEPTH)) {
    const message = `The MCP server lists a tool, ${tool.name.slice(0, 100)}, that is nested deeper than ${MOST_DEPTH} levels.`
    throw new Problem('TOOL_BAD_RESPONSE', message)
  }
  return storable(toRemoteTool(tool))
}

/** A hash of a tool's description and schema. It changes when one of them changes. */
export function fingerprintOf(said: Said): string {
  return createHash('sha256').update(textOf(said)).digest('hex')
}

/** The same text for the same description and schema, independent of the order of the keys. */
export function textOf({ description, inputSchema }: Said): string {
  return canonical({ description, inputSchema })
}

/** Without the capability the library also returns an empty list, but logs a message to the console. */
async function readTools({ client, signal, timeoutMs }: Connected): Promise<Listed[]> {
  if (!client.getServerCapabilities()?.tools) return []
  const { tools } = await client.listTools(undefined, { signal, timeout: timeoutMs })
  return tools
}

/** NUL and lone surrogates in their JSON spelling. JSON escapes surrogates only if they are alone. */
const NOT_STORABLE = /\\u(0000|d[89a-f][0-9a-f]{2})/gi

/** A server's text may contain characters that PostgreSQL cannot store. */
function storable(tool: RemoteTool): RemoteTool {
  return JSON.parse(JSON.stringify(tool).replace(NOT_STORABLE, '\\ufffd')) as RemoteTool
}

type Listed = Awaited<ReturnType<Client['listTools']>>['tools'][number]

function toRemoteTool({ name, title, annotations, description, inputSchema }: Listed): RemoteTool {
  return {
    name,
    title: title ?? annotations?.title ?? null,
    description: description ?? '',
    inputSchema: inputSchema as Record<string, unknown>,
  }
}

type Failure = Exclude<RemoteAnswer<unknown>, { ended: 'done' }>

function toProblem(answer: Failure): Problem {
  switch (answer.ended) {
    case 'refused':
      return invalidField('endpoint', answer.reason)
    case 'unavailable':
      return unavailable(`The MCP server cannot be reached: ${answer.reason}.`)
    case 'bad':
      return new Problem('TOOL_BAD_RESPONSE', `The MCP server did not list its tools: ${answer.reason}.`)
    case 'timeout':
      return new Problem(
        'TOOL_TIMEOUT',
        `The MCP server did not list its tools within ${LIST_MS / 1_000} seconds.`,
      )
    case 'aborted':
      return unavailable('The list was ended early.')
  }
}

const unavailable = (message: string) =>
  new Problem('TOOL_UNAVAILABLE', message, { headers: { 'Retry-After': '10' } })

function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
