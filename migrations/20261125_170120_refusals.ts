import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { run } from '../src/platform/database/schema/migration-of'
import { refusalsDown, refusalsUp } from '../src/platform/database/schema/refusals'

/** Refused calls and what decided them. The table is the hub's own: no foreign keys, no enums. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  await db.execute(sql`
   CREATE TYPE "public"."enum_refusals_layer" AS ENUM('sign-in', 'account', 'input', 'catalogue', 'idempotency', 'subscription', 'plan', 'rate', 'tokens');`)
  await run(db, refusalsUp)
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  await run(db, refusalsDown)
  await db.execute(sql`
   DROP TYPE "public"."enum_refusals_layer";`)
}
