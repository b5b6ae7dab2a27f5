import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { takenGrantsDown, takenGrantsUp } from '../src/platform/database/schema/taken-grants'

/** What of a grant of extra tokens was taken back. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of takenGrantsUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of takenGrantsDown) await db.execute(sql.raw(statement))
}
