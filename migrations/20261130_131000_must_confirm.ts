import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { mustConfirmDown, mustConfirmUp } from '../src/platform/database/schema/must-confirm'

/** Confirmation that comes on later asks nothing of the accounts of before; where it was on, it stays so. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  const wasRequired = ['true', 'on', '1'].includes(process.env.REQUIRE_EMAIL_CONFIRMATION ?? '')
  for (const statement of mustConfirmUp(wasRequired)) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of mustConfirmDown) await db.execute(sql.raw(statement))
}
