/**
 * Secrets sealed together with the place to which they are sent, in a column of their own: instances of the version
 * before go on with the columns that they know. The hub fills it at its start (`src/start/seal-again.ts`).
 */
export const sealedDestinationsUp = [
  `alter table tool_secrets add column sealed text`,
  `alter table setting_secrets add column sealed text`,
] as const

/** Undoes `sealedDestinationsUp`: secrets that were stored since are to be entered again. */
export const sealedDestinationsDown = [
  `delete from setting_secrets where key_id = ''`,
  `alter table setting_secrets drop column if exists sealed`,
  `alter table tool_secrets drop column if exists sealed`,
] as const
