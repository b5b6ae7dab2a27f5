/** The time of a ledger statement: the database's clock, except in tests. */
export const NOW = 'coalesce(:now::timestamptz, now())'
