import { perProcess } from '../../platform/kernel/process'
import { Recent } from './recent'

const MOST_REMEMBERED = 20_000
/** A hash that was never stored cannot be stored later: keys are random and made by the hub. */
const UNKNOWN_KEY_MS = 10 * 60_000
/** A key that exists may be allowed again: made active, given a later end, its user enabled. */
const DEAD_KEY_MS = 5_000

/**
 * Remembers, in this process, that a key was refused, so that a flood of one wrong key costs one look-up.
 * A key that was just made is never in here, on any instance: nobody could have sent it before it existed.
 */
export function rememberRefusedKey(keyHash: string, isStored: boolean, nowMs = Date.now()): void {
  refused().set(keyHash, nowMs + (isStored ? DEAD_KEY_MS : UNKNOWN_KEY_MS))
}

/** True when this key was refused so lately that asking again would give the same answer. */
export function isRefusedKey(keyHash: string, nowMs = Date.now()): boolean {
  const until = refused().get(keyHash)
  if (until === undefined) return false
  if (until > nowMs) return true
  refused().delete(keyHash)
  return false
}

function refused(): Recent<number> {
  return perProcess('accounts.refused-keys', () => new Recent<number>(MOST_REMEMBERED))
}
