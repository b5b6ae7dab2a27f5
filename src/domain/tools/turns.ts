import { setImmediate as nextTurn } from 'node:timers/promises'

/** How long work may hold the process before others get their turn. */
const TURN_MS = 5

/**
 * Makes long work share the process: call the result between its steps. It waits a turn when 5 ms have gone
 * by since the last, and throws the signal's reason once that is aborted.
 */
export function shareTurns(signal?: AbortSignal): () => Promise<void> {
  let began = performance.now()
  return async () => {
    signal?.throwIfAborted()
    if (performance.now() - began < TURN_MS) return
    await nextTurn()
    began = performance.now()
  }
}
