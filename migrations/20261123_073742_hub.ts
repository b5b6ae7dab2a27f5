import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { firstSchemaDown, firstSchemaUp } from '../src/platform/database/schema'

/** What Payload does not know of: the ledger's tables, partitions, counters, functions and triggers. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of firstSchemaUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of firstSchemaDown) await db.execute(sql.raw(statement))
}
