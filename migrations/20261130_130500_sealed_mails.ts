import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { sealedMailsDown, sealedMailsUp } from '../src/platform/database/schema/sealed-mails'

/** Mails wait sealed: who can read the database cannot follow their links. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of sealedMailsUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of sealedMailsDown) await db.execute(sql.raw(statement))
}
