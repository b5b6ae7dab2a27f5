import { loggedMessage } from './logged-error'

/** What background work needs of the log. */
export type WarnLog = { warn: (fields: object, message: string) => void }

/**
 * Runs `work` every `pauseMs`, never twice at once, without keeping the process alive. Returns the function that stops
 * it, which waits for work in flight.
 */
export function every(
  pauseMs: number,
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let running: Promise<unknown> | null = null
  const timer = setInterval(() => {
    running ??= work()
      .catch(onError)
      .finally(() => {
        running = null
      })
  }, pauseMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}

/** Warns of a failure in the background. Of a failed query neither its text nor its values are logged. */
export function warnOf(log: WarnLog, message: string): (error: unknown) => void {
  return (error) =>
    log.warn({ reason: error instanceof Error ? loggedMessage(error) : String(error) }, message)
}
