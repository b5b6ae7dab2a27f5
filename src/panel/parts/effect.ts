import type { Pool } from 'pg'
import { inTransaction, type Sql } from '../../platform/database/sql'

/** One thing that changes, in words. */
export type Effect = { what: string; before: string; after: string }

/** Thrown to end a preview's transaction. */
const PREVIEW = new Error('a preview changes nothing')

/**
 * Runs what an admin asked for in one transaction and answers what it says of itself. As a preview, whatever it wrote is
 * taken back: what is said beforehand comes from the very work that would be done.
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
