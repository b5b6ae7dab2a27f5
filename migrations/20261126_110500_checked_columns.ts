import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { checkedColumnsDown, checkedColumnsUp } from '../src/platform/database/schema/checked-columns'

/** The ledger's columns are checked by their types. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of checkedColumnsUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of checkedColumnsDown) await db.execute(sql.raw(statement))
}
