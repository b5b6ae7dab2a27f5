import type { MigrateDownArgs, MigrateUpArgs } from '@payloadcms/db-postgres'
import { run } from '../src/platform/database/schema/migration-of'
import { mustConfirmDown, mustConfirmUp } from '../src/platform/database/schema/must-confirm'

/** Confirmation that comes on later asks nothing of the accounts of before; where it was on, it stays so. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  const wasRequired = ['true', 'on', '1'].includes(process.env.REQUIRE_EMAIL_CONFIRMATION ?? '')
  await run(db, mustConfirmUp(wasRequired))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  await run(db, mustConfirmDown)
}
