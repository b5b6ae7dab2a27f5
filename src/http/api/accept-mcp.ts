import { auditContext } from '../../domain/audit/payload-by'
import { acceptSeen, readImports } from '../../domain/tools/mcp/imports'
import { fingerprintOf } from '../../domain/tools/mcp/remote-tools'
import { onPublished } from '../../domain/tools/stored-tool'
import type { Tool } from '../../domain/tools/tool'
import { Problem } from '../../platform/kernel/problem'
import { onDocument } from '../kit/document-problems'
import { type By, descriptionOf, type McpImportDeps } from './import-mcp'

/**
 * Gives a published tool the description and schema that its server was last seen to give. `fingerprint` is of what the
 * admin read: what came after it is not taken over unread. Throws CONFLICT.
 */
export async function acceptChange(
  { payload, pool }: McpImportDeps,
  by: By,
  tool: Tool,
  fingerprint: string,
) {
  const known = (await readImports(pool, [tool.id])).get(tool.id)
  if (!known?.seen || known.changedAt === null)
    throw new Problem(
      'CONFLICT',
      'There is no change to accept: the last check of the MCP server found none.',
    )
  const { seen } = known
  if (fingerprintOf(seen) !== fingerprint)
    throw new Problem(
      'CONFLICT',
      'The MCP server has changed the tool again. Read the new description first.',
    )
  await onDocument(() =>
    payload.update({
      collection: 'tools',
      id: tool.id,
      data: { description: descriptionOf(seen, tool.name), inputSchema: seen.inputSchema },
      user: by.user,
      overrideAccess: false,
      depth: 0,
      context: { ...auditContext(by.origin), ...onPublished(tool.id) },
    }),
  )
  await acceptSeen(pool, tool.id, seen)
}
