import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { hubSchemaDown, hubSchemaUp } from '../src/database/schema'

/** What Payload does not know of: the ledger's tables, partitions, counters, functions and triggers. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of hubSchemaUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of hubSchemaDown) await db.execute(sql.raw(statement))
}
