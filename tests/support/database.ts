import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { outliveConnections } from '../../src/platform/database/pool'

export type TestDatabase = { url: string; pool: pg.Pool; drop: () => Promise<void> }

/** An empty database of its own on the run's server. `drop` closes its pool and removes it. */
export const freshDatabase = (poolSize = 20): Promise<TestDatabase> => openDatabase(poolSize)

/**
 * The same, as a hub's first start leaves it (migrated, seeded, with its first admin), so that a hub is ready sooner on
 * it. Empty where nobody made such a template.
 */
export const hubDatabase = (poolSize = 20): Promise<TestDatabase> =>
  openDatabase(poolSize, process.env.HUB_TEST_TEMPLATE)

async function openDatabase(poolSize: number, template?: string): Promise<TestDatabase> {
  const admin = process.env.HUB_TEST_DATABASE_URL
  if (!admin) throw new Error('HUB_TEST_DATABASE_URL is not set: run the tests by `npm test`')
  const name = `test_${randomBytes(6).toString('hex')}`
  const url = await createDatabase(admin, name, template)
  const pool = new pg.Pool({ connectionString: url, max: poolSize })
  outliveConnections(pool)
  return {
    url,
    pool,
    drop: async () => {
      await pool.end()
      await execute(admin, `drop database ${name} with (force)`)
    },
  }
}

/** Makes a database, empty or as a copy, and returns its address. */
export async function createDatabase(admin: string, name: string, template = 'template1'): Promise<string> {
  await execute(admin, `create database ${name} template ${template}`)
  return Object.assign(new URL(admin), { pathname: `/${name}` }).toString()
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}
