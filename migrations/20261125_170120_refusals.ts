import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { refusalsDown, refusalsUp } from '../src/platform/database/schema/refusals'

/** Refused calls and what decided them. The table is the hub's own: no foreign keys, no enums. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  await db.execute(sql`
   CREATE TYPE "public"."enum_refusals_layer" AS ENUM('sign-in', 'account', 'input', 'catalogue', 'idempotency', 'subscription', 'plan', 'rate', 'tokens');`)
  for (const statement of refusalsUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of refusalsDown) await db.execute(sql.raw(statement))
  await db.execute(sql`
   DROP TYPE "public"."enum_refusals_layer";`)
}
