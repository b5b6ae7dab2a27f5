import { perProcess } from '../../platform/kernel/process'
import { UnderWay } from '../../platform/kernel/under-way'

const running = () => perProcess('gateway.in-flight', () => new UnderWay())
const endings = () => perProcess('gateway.endings', () => new Set<() => void>())

/** Streams may run for minutes: on shutdown they have this long to finish, then they are ended and charged. */
const STREAMS_MS = 5_000

/**
 * Notes a call until it is settled. The caller may go away before that; the call is finished in any case,
 * since its tokens are held and the tool may have done its work.
 */
export function keepUntilSettled<T>(call: Promise<T>): Promise<T> {
  const calls = running()
  const end = () => calls.end()
  calls.begin()
  call.then(end, end)
  return call
}

/** `end` is called on shutdown, after a while. Answers how to take it back. */
export function endOnShutdown(end: () => void): () => void {
  endings().add(end)
  return () => endings().delete(end)
}

/** How many calls are under way in this process. */
export function callsInFlight(): number {
  return running().count
}

/**
 * Resolves once every call that is under way has been settled; streams that take longer are ended. For shutdown, after
 * new requests are refused.
 */
export async function drain(): Promise<void> {
  const timer = setTimeout(() => {
    for (const end of [...endings()]) end()
  }, STREAMS_MS)
  while (running().count > 0) await running().none()
  clearTimeout(timer)
}
