import pg, { type Pool } from 'pg'

/**
 * The connection of the ledger's two statements, to the same database as `pool`. It is one, so that while one
 * statement runs, calls gather for the other: on two cores that made batches half as many and twice as large, and a
 * server process less to share them with. Their plans are made once: PostgreSQL would plan both statements anew for
 * every batch (knowing how many items came, it believes the new plan to be cheaper), and that took more time than
 * running them. As a plan that was made while a table was empty stays in use when it has grown, no plan reads a whole
 * table.
 */
export function ledgerPool(pool: Pool): Pool {
  const statements = new pg.Pool({
    ...pool.options,
    // Hidden from the copy above where it was given apart.
    password: pool.options.password,
    max: 1,
    // Kept while nothing is called, else the next call would wait for a connection and two plans.
    idleTimeoutMillis: 0,
    // Whoever forgets to close a meter is not kept alive by it.
    allowExitOnIdle: true,
    onConnect: async (client) => {
      await client.query('set plan_cache_mode = force_generic_plan; set enable_seqscan = off')
    },
  })
  statements.on('error', () => undefined)
  return statements
}
