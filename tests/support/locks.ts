import type pg from 'pg'
import { until } from './until'

/** Resolves when a statement waits for what this connection has locked. */
export async function untilWaitedFor(pool: pg.Pool, holder: pg.ClientBase): Promise<void> {
  const { processID } = holder as pg.ClientBase & { processID: number }
  await until('a statement that waits for a lock', async () => {
    const { rowCount } = await pool.query(
      'select from pg_stat_activity where $1::int = any (pg_blocking_pids(pid))',
      [processID],
    )
    return rowCount
  })
}
