import type { PayloadRequest } from 'payload'
import { networkOf } from '../../kernel/networks'
import { type Problem, tooMany } from '../../kernel/problem'
import { perProcess } from '../../kernel/process'
import { runtime } from '../../runtime/runtime'
import { callerAddress } from '../caller-address'

type Window = { requests: number; endsMs: number }

const WINDOW_MS = 60_000
/** Several people share an address. */
const ADDRESS_FACTOR = 2
const KEPT_WINDOWS = 50_000

/**
 * Counts one request of the generated API for its user and its address. Returns the refusal when one of them made too
 * many in this minute. Counted in this process: with several instances the limit is for each.
 */
export function overRate(req: Pick<PayloadRequest, 'headers' | 'user'>, nowMs = Date.now()): Problem | null {
  const most = runtime().config.generatedApiRate
  const address = callerAddress(req.headers)
  const waits = [
    req.user ? count(`user ${req.user.id}`, most, nowMs) : 0,
    address ? count(`address ${networkOf(address)}`, most * ADDRESS_FACTOR, nowMs) : 0,
  ]
  const waitMs = Math.max(...waits)
  return waitMs > 0 ? tooMany('Too many requests in a minute. Try again later.', waitMs / 1_000) : null
}

/** The time (ms) until this key may send another request; 0 if it may now. */
function count(key: string, most: number, nowMs: number): number {
  const windows = perProcess('lists.windows', () => new Map<string, Window>())
  if (windows.size > KEPT_WINDOWS) forget(windows, nowMs)
  const known = windows.get(key)
  const window = known && known.endsMs > nowMs ? known : { requests: 0, endsMs: nowMs + WINDOW_MS }
  window.requests += 1
  windows.set(key, window)
  return window.requests > most ? window.endsMs - nowMs : 0
}

/** Removes ended windows first. If too many are open, all are removed to save memory. */
function forget(windows: Map<string, Window>, nowMs: number): void {
  for (const [key, { endsMs }] of windows) if (endsMs <= nowMs) windows.delete(key)
  if (windows.size > KEPT_WINDOWS) windows.clear()
}
