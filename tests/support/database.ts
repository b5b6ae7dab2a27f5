import { randomBytes } from 'node:crypto'
import pg from 'pg'

export type TestDatabase = { url: string; pool: pg.Pool; drop: () => Promise<void> }

/** An empty database of its own on the run's server. `drop` closes its pool and removes it. */
export async function freshDatabase(poolSize = 20): Promise<TestDatabase> {
  const admin = process.env.HUB_TEST_DATABASE_URL
  if (!admin) throw new Error('HUB_TEST_DATABASE_URL is not set: run the tests by `npm test`')
  const name = `test_${randomBytes(6).toString('hex')}`
  await execute(admin, `create database ${name}`)
  const url = Object.assign(new URL(admin), { pathname: `/${name}` }).toString()
  const pool = new pg.Pool({ connectionString: url, max: poolSize })
  pool.on('error', () => undefined)
  return {
    url,
    pool,
    drop: async () => {
      await pool.end()
      await execute(admin, `drop database ${name} with (force)`)
    },
  }
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}
