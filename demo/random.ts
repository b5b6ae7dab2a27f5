/** A sequence of random values that is the same for the same seed. */
export type Random = {
  /** At least 0, below 1. */
  next(): number
  /** A whole number, both ends included. */
  between(low: number, high: number): number
  pick<T>(from: readonly T[]): T
  /** An index, by these weights. */
  weighted(weights: readonly number[]): number
  /** How often something happens that happens `mean` times on average. */
  times(mean: number): number
  /** A factor around 1, never 0: most near it, a few several times as much. */
  skewed(spread: number): number
  bytes(count: number): Uint8Array
}

/** Mulberry32: 32 bits of state, plenty for made-up data. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (from) => from[Math.floor(next() * from.length)] as (typeof from)[number],
    weighted: (weights) => {
      let left = next() * weights.reduce((sum, weight) => sum + weight, 0)
      const at = weights.findIndex((weight) => {
        left -= weight
        return left < 0
      })
      return at < 0 ? weights.length - 1 : at
    },
    times: (mean) => {
      const bound = Math.exp(-mean)
      let count = 0
      for (let product = next(); product > bound; product *= next()) count += 1
      return count
    },
    skewed: (spread) => {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
      return Math.exp(normal * spread - (spread * spread) / 2)
    },
    bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(next() * 256)),
  }
}
