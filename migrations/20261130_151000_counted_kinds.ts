import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { countedKindsDown, countedKindsUp } from '../src/platform/database/schema/counted-kinds'

/** Input that is written to a cache stands in the usage log, and charges that were estimated. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of countedKindsUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of countedKindsDown) await db.execute(sql.raw(statement))
}
