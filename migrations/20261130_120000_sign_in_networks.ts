import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { signInNetworksDown, signInNetworksUp } from '../src/platform/database/schema/sign-in-networks'

/** From where accounts were signed in to, and wrong passwords by network. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  for (const statement of signInNetworksUp) await db.execute(sql.raw(statement))
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  for (const statement of signInNetworksDown) await db.execute(sql.raw(statement))
}
