import type { PayloadRequest } from 'payload'
import { perProcess } from '../../kernel/process'
import { callerAddress } from '../caller-address'
import { Turns } from './turns'

/** A list of so many rows keeps the process busy for some 30 ms. */
const ROWS_AT_ONCE = 200

/** Runs the work of a list when it is this caller's turn. */
export async function inTurn<T>(
  req: Pick<PayloadRequest, 'headers' | 'user'>,
  rows: number,
  work: () => T | Promise<T>,
): Promise<T> {
  const caller = req.user ? String(req.user.id) : (callerAddress(req.headers) ?? '')
  const end = await perProcess('lists.turns', () => new Turns(ROWS_AT_ONCE)).take(caller, rows)
  try {
    return await work()
  } finally {
    end()
  }
}
