/** The moment of a statement of the ledger: the database's clock, except in tests. */
export const NOW = 'coalesce(:now::timestamptz, now())'
