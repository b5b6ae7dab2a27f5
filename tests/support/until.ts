import { setTimeout as sleep } from 'node:timers/promises'

/** Longer than any machine takes for what a test waits for; it costs nothing where that comes at once. */
const WITHIN_MS = 30_000
const PAUSE_MS = 10

/** Looks until there is something to see, and answers it; throws when it does not come. `what` says what is waited for. */
export async function until<Seen>(
  what: string,
  look: () => Seen | Promise<Seen>,
  withinMs = WITHIN_MS,
): Promise<Seen> {
  for (const end = performance.now() + withinMs; ; ) {
    const seen = await look()
    if (seen) return seen
    if (performance.now() > end) throw new Error(`it did not come in ${withinMs} ms: ${what}`)
    await sleep(PAUSE_MS)
  }
}
