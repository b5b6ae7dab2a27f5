/**
 * One value for the whole process, made at its first use. Next's chunks hold copies of our modules, so a
 * module variable would exist twice; whatever must be one (a pool, a breaker, a queue) goes through here.
 */
export function perProcess<T>(name: string, make: () => T): T {
  const store = globalThis as unknown as Record<symbol, T | undefined>
  const key = keyOf(name)
  const known = store[key]
  if (known !== undefined) return known
  const made = make()
  store[key] = made
  return made
}

/** Replaces (or, with undefined, forgets) what `perProcess` keeps under this name. */
export function setPerProcess<T>(name: string, value: T | undefined): void {
  const store = globalThis as unknown as Record<symbol, T | undefined>
  store[keyOf(name)] = value
}

const keys = new Map<string, symbol>()

/** Kept, as it is asked for many times in every call. */
function keyOf(name: string): symbol {
  const known = keys.get(name)
  if (known) return known
  const key = Symbol.for(`hub.${name}`)
  keys.set(name, key)
  return key
}
