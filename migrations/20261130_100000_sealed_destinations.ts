import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import {
  sealedDestinationsDown,
  sealedDestinationsUp,
} from '../src/platform/database/schema/sealed-destinations'

/** A column for secrets that are sealed together with their destination. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of sealedDestinationsUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of sealedDestinationsDown) await db.execute(sql.raw(statement))
}
