import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { panelDown, panelUp } from '../src/platform/database/schema/panel'

/** Roll-ups that the panel reads: users by day, durations by day; the index on request ids. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of panelUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of panelDown) await db.execute(sql.raw(statement))
}
