import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { mcpImportsDown, mcpImportsUp } from '../src/platform/database/schema/mcp-imports'

/** What the servers of MCP tools say of them, then and now. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of mcpImportsUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of mcpImportsDown) await db.execute(sql.raw(statement))
}
