import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type pg from 'pg'

/** What the hub asks by itself every few seconds, whoever looks: no page has such a statement. */
const OF_TIMERS = /mail_outbox|(?:from|into|update) instances|alert_deliveries d\b/i
const NO_STATEMENT = /^\s*(begin|start transaction|commit|rollback|set |show )/i
const TRIES = 6

/**
 * How many statements the hub runs for `work`, and which; of a page, that ends once it asks for no more. The server
 * writes each to its log meanwhile. Timers run all the time and can only add some: the fewest of some tries count, and
 * the first one that has at most `most` is enough.
 */
export async function countStatements(
  database: pg.Pool,
  work: () => Promise<void>,
  most: number,
): Promise<{ statements: number; texts: string[] }> {
  const client = await database.connect()
  try {
    await client.query(`set log_statement = 'all'`)
    await logStatements(client, `set log_statement = 'all'`)
    const name = (await client.query('select current_database() as name')).rows[0].name
    let fewest: string[] | null = null
    for (let turn = 0; turn < TRIES; turn += 1) {
      const mark = `counted ${Date.now()} ${turn}`
      await client.query(`select '${mark} begins'`)
      await work()
      await client.query(`select '${mark} ends'`)
      const texts = textsBetween(await serverLog(client), mark, name)
      if (fewest === null || texts.length < fewest.length) fewest = texts
      if (fewest.length <= most) break
    }
    return { statements: fewest?.length ?? 0, texts: fewest ?? [] }
  } finally {
    await logStatements(client, 'reset log_statement')
    client.release(true)
  }
}

/** For this database alone, whose connections start again with it: other workers count on databases of their own. */
async function logStatements(client: pg.PoolClient, how: string): Promise<void> {
  await client.query(
    `do $$ begin execute format('alter database %I ${how.replaceAll("'", "''")}', current_database()); end $$`,
  )
  await client.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  )
}

/** The embedded server of the run writes its log beside its data. */
async function serverLog(client: pg.PoolClient): Promise<string> {
  const { rows } = await client.query('show data_directory')
  return readFile(join(dirname(rows[0].data_directory), 'postgres.log'), 'utf8')
}

function textsBetween(log: string, mark: string, database: string): string[] {
  const end = log.lastIndexOf('\n', log.indexOf(`${mark} ends`))
  const part = log.slice(log.indexOf(`${mark} begins`), end)
  const entries = part.split(/^\d{4}-\d\d-\d\d [\d:.]+ \S+ \[\d+\] (?=\S* )/m)
  return entries
    .filter((entry) => entry.startsWith(`${database} `))
    .flatMap((entry) => /^\S+ LOG: {2}(?:statement|execute [^:]*): ([\s\S]*)/.exec(entry)?.[1] ?? [])
    .filter((text) => !NO_STATEMENT.test(text) && !OF_TIMERS.test(text) && !text.includes(mark))
    .map((text) => text.replace(/\s+/g, ' ').slice(0, 160))
}
