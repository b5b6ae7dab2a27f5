import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { auditDown, auditUp } from '../src/platform/database/schema/audit'

/** The audit log. Its table is the hub's own: no foreign keys, no enums, and nothing in it is ever changed. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  await db.execute(sql`
   CREATE TYPE "public"."enum_audit_logs_action" AS ENUM('create', 'update', 'delete', 'sign-in', 'sign-in-failed', 'session-end', 'unlock', 'export');
  CREATE TYPE "public"."enum_audit_logs_via" AS ENUM('session', 'api-key', 'password', 'link', 'nobody', 'system');`)
  for (const statement of auditUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of auditDown) await db.execute(sql.raw(statement))
  await db.execute(sql`
   DROP TYPE "public"."enum_audit_logs_action";
  DROP TYPE "public"."enum_audit_logs_via";`)
}
