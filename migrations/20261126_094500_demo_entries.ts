import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { demoEntriesDown, demoEntriesUp } from '../src/platform/database/schema/demo-entries'

/** The demo's entries of the audit log can be taken away again. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of demoEntriesUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of demoEntriesDown) await db.execute(sql.raw(statement))
}
