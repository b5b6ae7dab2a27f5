import pg, { type Pool } from 'pg'
import { foldUsage } from '../src/domain/usage/fold'
import { ledgerCheck } from '../src/domain/usage/ledger-check'
import { ADD_CALLS, ADD_PEOPLE, ADD_SUMS, ADD_TOOLS, MAKE_PEOPLE, SECONDARY_INDEXES } from './scale-sql'

const ROWS_AT_ONCE = 250_000

export type Size = { rows: number; users: number }

/** Whether this database was filled to this size by an earlier run. */
export async function isFilled(url: string, size: Size): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const found = client.query<{ note: string | null }>(
    `select obj_description(to_regclass('bench_people'), 'pg_class') as note`,
  )
  const known = await found.finally(() => client.end())
  return known.rows[0]?.note === noteOf(size)
}

const noteOf = ({ rows, users }: Size) => `${rows} rows, ${users} users`

/**
 * Fills a migrated, unused hub's database by SQL, folds it by the hub's own code, and checks its ledger. Throws
 * where the ledger finds a difference. A table's comment notes that it is done.
 */
export async function fillScale(url: string, size: Size): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  pool.on('error', () => undefined)
  try {
    await step('users and tools', async () => {
      await pool.query(ADD_TOOLS)
      await pool.query(MAKE_PEOPLE.replace('$users', String(size.users)))
      for (const statement of ADD_PEOPLE) await pool.query(statement)
      await pool.query(`select hub_make_usage_partitions(now() - interval '11 months', 14)`)
    })
    await step(`${size.rows.toLocaleString('en')} calls`, () => addCalls(pool, size.rows))
    await step('sums', async () => {
      await pool.query('analyze usage_logs')
      for (const statement of ADD_SUMS) await pool.query(statement)
      await pool.query('vacuum analyze')
    })
    await step('roll-ups', () => foldUsage(pool))
    await step('ledger check', async () => {
      const drift = await ledgerCheck(pool)
      if (drift.length > 0)
        throw new Error(`What was made is no ledger: ${JSON.stringify(drift.slice(0, 5))}`)
    })
    await pool.query('vacuum analyze')
    await pool.query(`comment on table bench_people is '${noteOf(size)}'`)
  } finally {
    await pool.end()
  }
}

async function addCalls(pool: Pool, rows: number): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('set synchronous_commit = off')
    const indexes = (await client.query<{ name: string; definition: string }>(SECONDARY_INDEXES)).rows
    for (const { name } of indexes) await client.query(`drop index ${pg.escapeIdentifier(name)}`)
    for (let from = 1; from <= rows; from += ROWS_AT_ONCE) {
      await client.query(ADD_CALLS, [from, Math.min(rows, from + ROWS_AT_ONCE - 1), rows])
      process.stdout.write('.')
    }
    for (const { definition } of indexes) await client.query(definition.replace(' ON ONLY ', ' ON '))
  } finally {
    client.release(true)
  }
}

async function step(name: string, work: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now()
  process.stdout.write(`  ${name} `)
  await work()
  process.stdout.write(` ${((performance.now() - startedAt) / 1_000).toFixed(0)} s\n`)
}
