import pg, { type Client, type Pool, type QueryConfig, type QueryResultRow } from 'pg'
import { UnderWay } from '../../platform/kernel/under-way'

/** A connection that one queue of statements uses alone. */
export type LedgerConnection = {
  /** Sends a statement at once on the open connection, or reconnects first if it broke. */
  query: <Row extends QueryResultRow>(statement: QueryConfig) => Promise<{ rows: Row[] }>
  /** Closes the connection after its running statements. */
  end: () => Promise<void>
}

/**
 * A connection to the same database as `pool`, for one of the ledger's two statements. Admissions and settlements
 * each have their own, so that one kind runs while the other waits for its commit. It is not a pool: a pool would
 * hand out the connection for each statement, after everything else in this turn of the event loop.
 *
 * Statements are planned once. Otherwise PostgreSQL would plan them again for every batch (it knows the number of
 * items, and estimates the new plan to be cheaper), and that took longer than running them. A plan made while a table
 * was empty stays in use after the table has grown, so no plan may read a whole table.
 */
export function ledgerConnection(pool: Pool): LedgerConnection {
  let open: Connected | undefined
  let opening: Promise<Connected> | undefined
  const underWay = new UnderWay()
  let isEnded = false

  const connect = async (): Promise<Connected> => {
    // A separately configured password is missing from the copy of the options.
    const client = new pg.Client({ ...pool.options, password: pool.options.password }) as Connected
    let isBroken = false
    const forget = () => {
      isBroken = true
      if (open === client) open = undefined
    }
    client.on('error', forget)
    client.on('end', forget)
    try {
      await client.connect()
      await client.query('set plan_cache_mode = force_generic_plan; set enable_seqscan = off')
      // The connection may break while its last statement completes. If we kept it, every later statement would fail.
      if (isBroken) throw new Error('Connection terminated')
    } catch (error) {
      void client.end().catch(() => undefined)
      throw error
    }
    open = client
    return client
  }
  const connected = async (): Promise<Connected> => {
    if (isEnded) throw new Error('The ledger connection is closed')
    opening ??= connect().finally(() => {
      opening = undefined
    })
    return opening
  }
  /** An idle connection does not keep the process alive, so the process ends even if nobody closes the connection. */
  const send = <Row extends QueryResultRow>(client: Connected, statement: QueryConfig) => {
    client.ref()
    underWay.begin()
    return client.query<Row>(statement).finally(() => {
      underWay.end()
      if (underWay.count === 0) client.unref()
    })
  }
  return {
    query: async (statement) => send(open ?? (await connected()), statement),
    end: async () => {
      isEnded = true
      await underWay.none()
      await (open ?? (await opening?.catch(() => undefined)))?.end()
    },
  }
}

/** `ref` and `unref`, missing from the types, set whether the connection keeps the process alive. */
type Connected = Client & { ref: () => void; unref: () => void }
