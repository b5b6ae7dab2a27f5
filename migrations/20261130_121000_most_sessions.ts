import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { mostSessionsDown, mostSessionsUp } from '../src/platform/database/schema/most-sessions'

/** A bound on the live sessions of an account. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of mostSessionsUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of mostSessionsDown) await db.execute(sql.raw(statement))
}
