/**
 * Histograms of the roll-ups: position b of the array counts values above 2^((b−1)/8) and up to 2^(b/8), like
 * hub_bucket in SQL. Each bucket is 9 % wide, for milliseconds and for tokens.
 */
const BUCKETS_PER_DOUBLING = 8

/**
 * The value that `share` (0.95 …) of the counted values do not exceed: never below the true one, at most 9 % above.
 * Positions may be empty. Null for an empty histogram.
 */
export function percentile(histogram: readonly number[], share: number): number | null {
  const all = histogram.reduce((sum, count) => sum + count, 0)
  const rank = Math.max(1, Math.ceil(all * share - 1e-9))
  let counted = 0
  for (const [bucket, count] of histogram.entries()) {
    counted += count ?? 0
    if (counted >= rank) return Math.floor(2 ** (bucket / BUCKETS_PER_DOUBLING) + 1e-6)
  }
  return null
}

/** Adds one histogram to another in place. */
export function addHistogram(to: number[], more: readonly number[]): void {
  more.forEach((count, bucket) => {
    to[bucket] = (to[bucket] ?? 0) + count
  })
}
