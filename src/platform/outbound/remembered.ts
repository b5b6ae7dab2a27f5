import { LRUCache } from 'lru-cache'

/** A cache for a function of a text, for the `max` texts used most recently. The function's result must never change. */
export function remembered<T>(of: (text: string) => T, max = 1_000): (text: string) => T {
  const known = new LRUCache<string, { value: T }>({ max })
  return (text) => {
    const kept = known.get(text)
    if (kept) return kept.value
    const value = of(text)
    known.set(text, { value })
    return value
  }
}
