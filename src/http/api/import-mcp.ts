import type { z } from '@hono/zod-openapi'
import type { Origin } from '../../domain/accounts/deps'
import { auditContext } from '../../domain/audit/payload-by'
import { importedNames, keepBaseline, namesInUse } from '../../domain/tools/mcp/imports'
import { listRemoteTools, type RemoteTool } from '../../domain/tools/mcp/remote-tools'
import { sendable } from '../../domain/tools/own-headers'
import { toSlug } from '../../domain/tools/payload-hooks'
import { unrepeatable } from '../../domain/tools/repeated-secrets'
import { Problem, type ProblemCode } from '../../platform/kernel/problem'
import { checkHeaders } from '../../platform/outbound/headers'
import type { HubUser } from '../../platform/payload/caller'
import { onDocument } from '../kit/document-problems'
import type { Services } from '../kit/services'
import type { ImportMcpTools, McpServer } from './schemas/mcp'

export type McpImportDeps = Pick<Services, 'payload' | 'pool'>
type Server = z.output<typeof McpServer>
type Import = z.output<typeof ImportMcpTools>
export type By = { user: HubUser; origin: Origin }
type Refused = { name: string; code: ProblemCode; message: string }

const MOST_NAME = 100
const MOST_DESCRIPTION = 5_000

/** The tools of an MCP server, and which of them the hub has. Throws a `Problem` where the server does not answer. */
export async function listServer({ pool }: Pick<McpImportDeps, 'pool'>, server: Server) {
  const tools = await askServer(server)
  const known = await importedNames(pool, server.api_endpoint)
  const names = await namesInUse(pool)
  return tools.map((tool) => {
    const { name, title, description, inputSchema } = tool
    const isOurs = known.has(name)
    const as = namesOf(tool, undefined)
    const taken = !isOurs && (names.has(as.slug) || names.has(as.name))
    return { name, title, description, input_schema: inputSchema, imported: isOurs, taken }
  })
}

/**
 * Makes a published tool of each that is named, with this user's own rights. One that cannot be made does not keep the
 * others out; where none can, the first one's `Problem` is thrown, and names them all.
 */
export async function importTools(deps: McpImportDeps, by: By, sent: Import) {
  const found = new Map((await askServer(sent)).map((tool) => [tool.name, tool]))
  const imported = []
  const refused: Refused[] = []
  for (const name of new Set(sent.tools)) {
    try {
      imported.push(await importOne(deps, by, sent, { name, remote: found.get(name) }))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      refused.push({ name, code: error.code, message: `${error.message}${wayOut(error.code)}` })
    }
  }
  if (imported.length > 0) return { imported, refused }
  throw noneMade(refused)
}

const wayOut = (code: ProblemCode) => (code === 'CONFLICT' ? ' Give another prefix.' : '')

function askServer({ api_endpoint, headers = {} }: Server): Promise<RemoteTool[]> {
  const faults = checkHeaders(headers, false)
  if (faults.length > 0)
    throw new Problem('VALIDATION_ERROR', faults.join('; '), {
      details: faults.map((message) => ({ field: 'headers', message })),
    })
  return onDocument(() =>
    listRemoteTools({
      endpoint: api_endpoint,
      headers: sendable(headers),
      secrets: unrepeatable(Object.values(headers)),
    }),
  )
}

type Wanted = { name: string; remote: RemoteTool | undefined }

async function importOne({ payload, pool }: McpImportDeps, by: By, sent: Import, { name, remote }: Wanted) {
  if (!remote) throw new Problem('NOT_FOUND', 'The server has no tool with this name.')
  const made = await onDocument(() =>
    payload.create({
      collection: 'tools',
      data: toDocument(remote, sent) as never,
      user: by.user,
      overrideAccess: false,
      depth: 0,
      context: auditContext(by.origin),
    }),
  )
  await keepBaseline(pool, String(made.id), sent.api_endpoint, remote)
  return { name, tool_id: String(made.id), slug: String(made.slug) }
}

/** What a tool of a server is called in the hub; two servers may call theirs alike. */
function namesOf(remote: RemoteTool, prefix: string | undefined) {
  const before = prefix === undefined ? '' : `${prefix} `
  return {
    name: oneLine(`${before}${oneLine(remote.title) || oneLine(remote.name)}`),
    slug: toSlug(`${before}${remote.name}`),
  }
}

function toDocument(remote: RemoteTool, { api_endpoint, headers, minimum_plan, prefix }: Import) {
  const { name, slug } = namesOf(remote, prefix)
  return {
    name,
    slug,
    description: descriptionOf(remote, name),
    adapter: 'mcp',
    endpoint: api_endpoint,
    remoteTool: remote.name,
    inputSchema: remote.inputSchema,
    _status: 'published',
    ...(headers ? { secretHeaders: headers } : {}),
    ...(minimum_plan ? { minimumTier: minimum_plan } : {}),
  }
}

const oneLine = (text: string | null) =>
  (text ?? '')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MOST_NAME)

/** The hub's tools have one, and it has its bounds. */
export function descriptionOf({ description }: Pick<RemoteTool, 'description'>, name: string): string {
  return (description.trim() || name).slice(0, MOST_DESCRIPTION)
}

function noneMade(refused: Refused[]): Problem {
  const [first] = refused as [Refused]
  const message = refused.map((one) => `${one.name}: ${one.message}`).join(' ')
  return new Problem(first.code, `No tool was made. ${message}`, {
    details: refused.map((one) => ({ field: 'tools', name: one.name, code: one.code, message: one.message })),
  })
}
