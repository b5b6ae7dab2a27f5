import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { trialUsersDown, trialUsersUp } from '../src/platform/database/schema/trial-users'

/** Who ever tried a tool, so that a list of trials need not read every row. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of trialUsersUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of trialUsersDown) await db.execute(sql.raw(statement))
}
