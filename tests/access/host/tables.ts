import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Payload } from 'payload'
import type { TestDatabase } from '../../support/database'

type Adapter = {
  schema: Record<string, unknown>
  requireDrizzleKit: () => {
    generateDrizzleJson: (schema: unknown) => Promise<object>
    generateMigration: (before: object, after: object) => Promise<string[]>
  }
}

/** The hub's newest snapshot of its tables. */
export async function newestSnapshot(): Promise<object> {
  const snapshots = (await readdir('migrations')).filter((name) => name.endsWith('.json'))
  return JSON.parse(await readFile(join('migrations', String(snapshots.sort().at(-1))), 'utf8')) as object
}

/** Adds the tables that the snapshot `before` does not have, as `payload migrate:create` would; all without one. */
export async function makeTables(payload: Payload, database: TestDatabase, before?: object): Promise<void> {
  const { schema, requireDrizzleKit } = payload.db as unknown as Adapter
  const { generateDrizzleJson, generateMigration } = requireDrizzleKit()
  const known = before ?? (await generateDrizzleJson({}))
  for (const statement of await generateMigration(known, await generateDrizzleJson(schema)))
    await database.pool.query(statement)
}
