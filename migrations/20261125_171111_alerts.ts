import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { alertsDown, alertsUp } from '../src/platform/database/schema/alerts'
import { run } from '../src/platform/database/schema/migration-of'

/** Alerts and their deliveries. The tables are the hub's own: no foreign keys to documents, no enums. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  await db.execute(sql`
   CREATE TYPE "public"."enum_alerts_kind" AS ENUM('usage-80', 'usage-100', 'tool-failing', 'ledger-drift');
  CREATE TYPE "public"."enum_alerts_state" AS ENUM('waiting', 'delivered', 'failed', 'nobody');`)
  await run(db, alertsUp)
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  await run(db, alertsDown)
  await db.execute(sql`
   DROP TYPE "public"."enum_alerts_kind";
  DROP TYPE "public"."enum_alerts_state";`)
}
