import pg, { type Client, type Pool, type QueryConfig, type QueryResultRow } from 'pg'
import { UnderWay } from '../../platform/kernel/under-way'

/** A connection that one queue of statements has for itself. */
export type LedgerConnection = {
  /** Sends a statement at once where the connection is open; opens it anew where it broke. */
  query: <Row extends QueryResultRow>(statement: QueryConfig) => Promise<{ rows: Row[] }>
  /** Closes it after what is under way. */
  end: () => Promise<void>
}

/**
 * A connection to the same database as `pool`, for one of the ledger's two statements: admissions and settlements each
 * have theirs, so that one kind runs while the other waits for its commit. Not a pool: that would hand the connection out
 * for each statement, after everything else which this turn of the event loop does.
 *
 * Plans are made once: PostgreSQL would plan the statements anew for every batch (knowing how many items came, it
 * believes the new plan to be cheaper), and that took more time than running them. As a plan that was made while a
 * table was empty stays in use when it has grown, no plan reads a whole table.
 */
export function ledgerConnection(pool: Pool): LedgerConnection {
  let open: Connected | undefined
  let opening: Promise<Connected> | undefined
  const underWay = new UnderWay()
  let isEnded = false

  const connect = async (): Promise<Connected> => {
    // The password is hidden from the copy of the options where it was given apart.
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
      // It may break in the same moment in which its last statement is answered; kept, it would fail for ever.
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
  /** A connection without a statement keeps no process alive: whoever forgets to close it still ends. */
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

/** `ref` and `unref`, which the types leave out, say whether it keeps the process alive. */
type Connected = Client & { ref: () => void; unref: () => void }
