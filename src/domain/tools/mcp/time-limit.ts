/** The reason of a signal whose time is over. */
class TimedOut extends Error {}

/** One signal for the time that is allowed and for the caller's own abort. `stop` lets both go. */
export function timeLimit({ timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined }) {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(new TimedOut()), timeoutMs)
  const abort = () => controller.abort()
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, { once: true })
  const stop = () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
  return { signal: controller.signal, stop }
}

/** How a call ended that this signal cut off. */
export function cutOff(signal: AbortSignal): { ended: 'timeout' } | { ended: 'aborted' } {
  return signal.reason instanceof TimedOut ? { ended: 'timeout' } : { ended: 'aborted' }
}
