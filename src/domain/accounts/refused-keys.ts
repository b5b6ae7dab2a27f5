import { LRUCache } from 'lru-cache'
import { perProcess } from '../../platform/kernel/process'

const MOST_REMEMBERED = 20_000
/** A hash that was never stored cannot be stored later, because keys are random and created by the hub. */
const UNKNOWN_KEY_MS = 10 * 60_000
/** A key that exists may become valid again: it is activated, gets a later expiry, or its user is enabled. */
const DEAD_KEY_MS = 5_000

/**
 * Remembers in this process that a key was refused, so that a flood with one wrong key costs one look-up. A new key
 * is never remembered here, on any instance: nobody could have sent it before it existed.
 */
export function rememberRefusedKey(keyHash: string, isStored: boolean, nowMs = Date.now()): void {
  refused().set(keyHash, nowMs + (isStored ? DEAD_KEY_MS : UNKNOWN_KEY_MS))
}

/** True if this key was refused so recently that another query would have the same result. */
export function isRefusedKey(keyHash: string, nowMs = Date.now()): boolean {
  const until = refused().get(keyHash)
  if (until === undefined) return false
  if (until > nowMs) return true
  refused().delete(keyHash)
  return false
}

const refused = () =>
  perProcess('accounts.refused-keys', () => new LRUCache<string, number>({ max: MOST_REMEMBERED }))
