import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'

type Statements = readonly string[]

/** A migration that runs these statements in order, and takes them back by those of `down`. */
export const migrationOf = (up: Statements, down: Statements) => ({
  up: ({ db }: MigrateUpArgs) => run(db, up),
  down: ({ db }: MigrateDownArgs) => run(db, down),
})

/** Runs SQL that Payload does not know of, in the migration's transaction. */
export async function run(db: MigrateUpArgs['db'], statements: Statements): Promise<void> {
  for (const statement of statements) await db.execute(sql.raw(statement))
}
