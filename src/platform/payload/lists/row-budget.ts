import type { PayloadRequest } from 'payload'
import { MOST_ROWS } from './rows'

type Requested = Partial<Pick<PayloadRequest, 'payloadDataLoader'>>
/** Rows that a request has loaded or reserved; of each collection, how many are reserved and not loaded yet. */
type Budget = { rows: number; reserved: Map<string, number> }

/** All operations of a REST request share its data loader; its context may be replaced. */
const budgets = new WeakMap<object, Budget>()

/** How many more rows this request may load. */
export function rowsLeft({ payloadDataLoader }: Requested): number {
  return MOST_ROWS - ((payloadDataLoader && budgets.get(payloadDataLoader)?.rows) ?? 0)
}

/** Sets rows aside before they are loaded: several queries of one request may run at the same time. */
export function reserveRows(req: Requested, collection: string, rows: number): void {
  const budget = budgetOf(req)
  if (!budget) return
  budget.rows += rows
  budget.reserved.set(collection, (budget.reserved.get(collection) ?? 0) + rows)
}

/** Counts rows that this request has loaded, but for those that were reserved. */
export function spendRows(req: Requested, collection: string, rows: number): void {
  const budget = budgetOf(req)
  if (!budget) return
  const reserved = Math.min(budget.reserved.get(collection) ?? 0, rows)
  budget.reserved.set(collection, (budget.reserved.get(collection) ?? 0) - reserved)
  budget.rows += rows - reserved
}

function budgetOf({ payloadDataLoader }: Requested): Budget | null {
  if (!payloadDataLoader) return null
  const budget = budgets.get(payloadDataLoader) ?? { rows: 0, reserved: new Map() }
  budgets.set(payloadDataLoader, budget)
  return budget
}
