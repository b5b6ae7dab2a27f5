import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { trialsDown, trialsUp } from '../src/platform/database/schema/trials'

/** The status of a call that an admin tries. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of trialsUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of trialsDown) await db.execute(sql.raw(statement))
}
