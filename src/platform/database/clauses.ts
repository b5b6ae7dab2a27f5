/**
 * Which clauses of a text a statement keeps. The full statement has all of them. The one for the usual case leaves out what is
 * `rare`, because PostgreSQL takes longer to start a statement the more parts it has; `usual` marks what only the latter has, in
 * the place of a rare clause.
 */
export type Clauses = { rare: (sql: string) => string; usual: (sql: string) => string }

const kept = (sql: string) => sql
const leftOut = () => ''

export const FULL: Clauses = { rare: kept, usual: leftOut }
export const USUAL: Clauses = { rare: leftOut, usual: kept }
