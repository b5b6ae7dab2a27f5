import type { PayloadRequest } from 'payload'
import { MOST_ROWS } from './rows'

type Requested = Partial<Pick<PayloadRequest, 'payloadDataLoader'>>

/**
 * Rows that a REST request has loaded. All operations of a request share its data loader; its context may be replaced.
 */
const loaded = new WeakMap<object, number>()

/** How many more rows this request may load. */
export function rowsLeft({ payloadDataLoader }: Requested): number {
  return MOST_ROWS - ((payloadDataLoader && loaded.get(payloadDataLoader)) ?? 0)
}

/** Counts rows that this request has loaded. */
export function spendRows({ payloadDataLoader }: Requested, rows: number): void {
  if (payloadDataLoader) loaded.set(payloadDataLoader, (loaded.get(payloadDataLoader) ?? 0) + rows)
}
