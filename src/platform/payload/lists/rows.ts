import { invalidField } from '../../kernel/problem'

/** The most documents that one request from outside may load: lists, joins and populated relations together. */
export const MOST_ROWS = 1_000
/** Payload's own default, of lists and of joins. */
export const DEFAULT_ROWS = 10

export type ListArguments = { limit?: unknown; pagination?: unknown }

/**
 * How many rows a list may have. `isMaximum` says that the caller asked for no number (`limit=0`, `pagination=false`)
 * or for more than the maximum. Throws VALIDATION_ERROR for a limit that is not an integer: the database would
 * ignore it and return everything.
 */
export function rowsAsked(
  { limit, pagination }: ListArguments,
  field = 'limit',
  usual = DEFAULT_ROWS,
): { rows: number; isMaximum: boolean } {
  if (limit === undefined || limit === null || limit === '') {
    const all = pagination !== undefined && !pagination
    return all ? { rows: MOST_ROWS, isMaximum: true } : { rows: usual, isMaximum: false }
  }
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 0)
    throw invalidField(field, `Must be a whole number from 1 to ${MOST_ROWS}, or 0 for the maximum`)
  const isMaximum = limit === 0 || limit > MOST_ROWS
  return { rows: isMaximum ? MOST_ROWS : limit, isMaximum }
}
