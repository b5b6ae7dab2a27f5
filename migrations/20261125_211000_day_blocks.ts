import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { dayBlocksDown, dayBlocksUp } from '../src/platform/database/schema/day-blocks'

/** Sums of users and durations in blocks of days, filled from the days that are folded. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of dayBlocksUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of dayBlocksDown) await db.execute(sql.raw(statement))
}
