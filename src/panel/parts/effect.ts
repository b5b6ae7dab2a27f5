import type { Pool } from 'pg'
import { inTransaction, type Sql } from '../../platform/database/sql'

/** One change, in words. */
export type Effect = { what: string; before: string; after: string }

/** Thrown to end a preview's transaction. */
const PREVIEW = new Error('a preview changes nothing')

/**
 * Runs an admin's action in one transaction and returns its result. A preview runs the same code and then rolls back,
 * so it shows exactly what the action would do.
 */
export async function doneOrPreviewed<T>(
  pool: Pool,
  preview: boolean,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  let said: { value: T } | null = null
  try {
    return await inTransaction(pool, async (sql) => {
      said = { value: await work(sql) }
      if (preview) throw PREVIEW
      return said.value
    })
  } catch (error) {
    if (error !== PREVIEW || !said) throw error
    return (said as { value: T }).value
  }
}
