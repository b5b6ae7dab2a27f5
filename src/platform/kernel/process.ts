const STORE = Symbol.for('hub.per-process')

/** All copies of this module find the same map; each asks the global object for it once. */
const store = storeOfProcess()

/**
 * One value for the whole process, made at its first use. Next's chunks hold copies of our modules, so a
 * module variable would exist twice; whatever must be one (a pool, a breaker, a queue) goes through here.
 */
export function perProcess<T>(name: string, make: () => T): T {
  const known = store.get(name) as T | undefined
  if (known !== undefined) return known
  const made = make()
  store.set(name, made)
  return made
}

/** Replaces (or, with undefined, forgets) what `perProcess` keeps under this name. */
export function setPerProcess<T>(name: string, value: T | undefined): void {
  store.set(name, value)
}

function storeOfProcess(): Map<string, unknown> {
  const global = globalThis as unknown as Record<symbol, Map<string, unknown> | undefined>
  const known = global[STORE]
  if (known) return known
  const made = new Map<string, unknown>()
  global[STORE] = made
  return made
}
