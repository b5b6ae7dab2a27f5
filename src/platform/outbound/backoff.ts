const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5_000

/**
 * How long (ms) to wait after this attempt, counted from 0, before the next one: 100 ms, doubled each time up to 5 s, half
 * of it random, so that callers do not retry at the same moment.
 */
export function waitBefore(attempt: number): number {
  const full = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS)
  return full / 2 + (Math.random() * full) / 2
}
