import { mcpImportsDown, mcpImportsUp } from '../src/platform/database/schema/mcp-imports'
import { migrationOf } from '../src/platform/database/schema/migration-of'

/** What the servers of MCP tools say of them, then and now. */
export const { up, down } = migrationOf(mcpImportsUp, mcpImportsDown)
