import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { grantsDown, grantsUp } from '../src/platform/database/schema/grants'

/** Extra tokens of a period, who gave them, and pauses. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of grantsUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of grantsDown) await db.execute(sql.raw(statement))
}
