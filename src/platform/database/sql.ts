import type { Pool } from 'pg'

/** What an operation needs of a connection: a `pg` pool, a client in a transaction, or Payload's transaction. */
export interface Sql {
  query<Row extends object = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Row[]; rowCount: number | null }>
}

const RETRYABLE = new Set(['40P01', '40001'])
const MOST_TRIES = 5

/** The SQLSTATE of a database error, also where a library wrapped it; undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = (at as Error & { code?: unknown }).code
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code
  }
  return undefined
}

/**
 * Runs `work` in one transaction; a deadlock or serialization failure starts it over, up to five times. With `rollback` at
 * its end nothing is changed: the result says what would be.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (sql: Sql) => Promise<T>,
  end: 'commit' | 'rollback' = 'commit',
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runOnce(pool, work, end)
    } catch (error) {
      if (attempt >= MOST_TRIES || !RETRYABLE.has(sqlState(error) ?? '')) throw error
    }
  }
}

async function runOnce<T>(
  pool: Pool,
  work: (sql: Sql) => Promise<T>,
  end: 'commit' | 'rollback',
): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(client as unknown as Sql)
    await client.query(end)
    return result
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}
