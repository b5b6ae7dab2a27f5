import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { auditDown, auditUp } from '../src/platform/database/schema/audit'
import { run } from '../src/platform/database/schema/migration-of'

/** The audit log. Its table is the hub's own: no foreign keys, no enums, and nothing in it is ever changed. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  await db.execute(sql`
   CREATE TYPE "public"."enum_audit_logs_action" AS ENUM('create', 'update', 'delete', 'sign-in', 'sign-in-failed', 'session-end', 'unlock', 'export');
  CREATE TYPE "public"."enum_audit_logs_via" AS ENUM('session', 'api-key', 'password', 'link', 'nobody', 'system');`)
  await run(db, auditUp)
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  await run(db, auditDown)
  await db.execute(sql`
   DROP TYPE "public"."enum_audit_logs_action";
  DROP TYPE "public"."enum_audit_logs_via";`)
}
