import { count, type SQL, sql } from '@payloadcms/db-postgres/drizzle'
import type { Payload } from 'payload'
import { platformDays } from './platform-usage'

/** A filtered list shows "10,001" for more rows than this: nobody pages through more, and counting them takes long. */
const MOST_COUNTED = 10_000
const TABLE = 'usage_logs'

/** The parts of Payload's PostgreSQL adapter that are used here. */
type Query = PromiseLike<Array<Record<string, unknown>>> & {
  from: (table: unknown) => Query
  where: (where: SQL | undefined) => Query
  leftJoin: (table: unknown, condition: unknown) => Query
  innerJoin: (table: unknown, condition: unknown) => Query
  limit: (rows: number) => Query
  as: (name: string) => unknown
}
type Database = {
  select: (columns: Record<string, SQL>) => Query
  execute: (statement: SQL) => PromiseLike<{ rows: Array<Record<string, unknown>> }>
}
type CountArgs = {
  db: Database
  tableName: string
  where?: SQL
  joins: Array<{ type?: 'leftJoin' | 'innerJoin'; table: unknown; condition: unknown }>
}
type Adapter = { tables: Record<string, unknown>; countDistinct: (args: CountArgs) => Promise<number> }

/**
 * Keeps Payload's lists of the usage log (panel, REST, GraphQL) usable at any size: Payload counts all rows for each
 * page. Without a filter the exact number now comes from the roll-ups and the open hour's rows; with a filter, rows
 * are counted up to 10,001. The same limit holds for the other tables that only grow, named by `logs`. For `onInit`.
 */
export function boundCounts(payload: Payload, logs: readonly string[]): void {
  const adapter = payload.db as unknown as Adapter
  const countRows = adapter.countDistinct
  adapter.countDistinct = async (args) => {
    if (logs.includes(args.tableName)) return countSome(adapter, args)
    if (args.tableName !== TABLE) return countRows.call(adapter, args)
    return args.where === undefined && args.joins.length === 0 ? countAll(args.db) : countSome(adapter, args)
  }
}

async function countAll(db: Database): Promise<number> {
  const { rows } = await db.execute(sql.raw(COUNT_ALL))
  return Number(rows[0]?.calls ?? 0)
}

async function countSome(adapter: Adapter, { db, tableName, where, joins }: CountArgs): Promise<number> {
  let found = db.select({ one: sql`1`.as('one') as unknown as SQL }).from(adapter.tables[tableName])
  for (const { type = 'leftJoin', table, condition } of joins) found = found[type](table, condition)
  const bounded = found.where(where).limit(MOST_COUNTED + 1)
  const counted = await db.select({ calls: count() as unknown as SQL }).from(bounded.as('found'))
  return Number(counted[0]?.calls ?? 0)
}

const COUNT_ALL = `
  with ${platformDays(`(select (rows_since at time zone 'utc')::date from usage_folds)`, `date '9000-01-01'`)}
  select coalesce(sum(calls_success + calls_error + calls_timeout + calls_pending), 0)::bigint as calls from days`
