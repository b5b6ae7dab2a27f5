import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { momentsDown, momentsUp } from '../src/platform/database/schema/moments'

/** Since when cookies have the names that a browser guards. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of momentsUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of momentsDown) await db.execute(sql.raw(statement))
}
