import { sql } from '@payloadcms/db-postgres'
import type { Payload } from 'payload'
import pg from 'pg'
import { migrations } from '../../../migrations'

const LOCK = 'hub.migrate'

/**
 * Brings the database to the newest schema. Several instances may start at once: one migrates, the others wait
 * for its advisory lock and then find nothing to do. `afterwards` runs under the same lock (seeding).
 */
export async function migrateUp(
  payload: Payload,
  connectionString: string,
  afterwards: () => Promise<void>,
): Promise<void> {
  await locked(connectionString, async () => {
    await payload.db.migrate({ migrations: migrations.map(unhurried) as never })
    await afterwards()
  })
}

type Migration = (typeof migrations)[number]

/** A migration may take as long as it needs; the bounds of Payload's connections are for callers' statements. */
const unhurried = (migration: Migration): Migration => ({
  ...migration,
  up: async (args) => {
    await args.db.execute(UNBOUNDED)
    await migration.up(args)
  },
  down: async (args) => {
    await args.db.execute(UNBOUNDED)
    await migration.down(args)
  },
})

const UNBOUNDED = sql`set local statement_timeout = 0; set local lock_timeout = 0;
  set local idle_in_transaction_session_timeout = 0`

/** Takes back the migrations of the newest batch, under the same lock. False where there is nothing to take back. */
export async function migrateDown(payload: Payload, connectionString: string): Promise<boolean> {
  return locked(connectionString, async (client) => {
    if (!(await migrationsTableExists(client))) return false
    const done = await payload.find({ collection: 'payload-migrations', limit: 0, sort: '-name' })
    const newest = Math.max(0, ...done.docs.map((doc) => doc.batch ?? 0))
    for (const doc of done.docs.filter((one) => one.batch === newest))
      await takeBack(payload, String(doc.name))
    return done.docs.length > 0
  })
}

async function takeBack(payload: Payload, name: string): Promise<void> {
  const known = migrations.find((one) => one.name === name)
  if (!known) throw new Error(`This version of the hub does not know the migration ${name}`)
  const migration = unhurried(known)
  const id = await payload.db.beginTransaction()
  try {
    const session = (payload.db as unknown as { sessions: Record<string, Session> }).sessions[String(id)]
    const req = { transactionID: id, payload, context: {} } as never
    await migration.down({ db: session?.db as never, payload, req })
    if (session && (await migrationsTableExists(session.db.session.client)))
      await payload.delete({ collection: 'payload-migrations', where: { name: { equals: name } }, req })
    await payload.db.commitTransaction(id as string)
  } catch (error) {
    await payload.db.rollbackTransaction(id as string)
    throw error
  }
}

type Session = { db: { session: { client: pg.ClientBase } } }

/** False in an empty schema, and once the first migration's `down` has removed that table too. */
async function migrationsTableExists(client: pg.ClientBase): Promise<boolean> {
  const found = await client.query(`select to_regclass('payload_migrations') is not null as there`)
  return found.rows[0]?.there === true
}

async function locked<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString, application_name: 'hub migrate' })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock(hashtext($1))', [LOCK])
    return await work(client)
  } finally {
    await client.end()
  }
}
