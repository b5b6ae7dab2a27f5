import { perProcess } from '../../platform/kernel/process'
import { UnderWay } from '../../platform/kernel/under-way'

const running = () => perProcess('gateway.in-flight', () => new UnderWay())
const endings = () => perProcess('gateway.endings', () => new Set<() => void>())

/** Streams may run for minutes. On shutdown they have this long to finish; then they are ended and charged. */
const STREAMS_MS = 5_000

/**
 * Tracks a call until it is settled. The caller may disconnect before that; the call is finished in any case, since
 * its tokens are held and the tool may have done its work.
 */
export function keepUntilSettled<T>(call: Promise<T>): Promise<T> {
  const calls = running()
  const end = () => calls.end()
  calls.begin()
  call.then(end, end)
  return call
}

/** Registers `end`, which is called some seconds after shutdown begins. Returns a function that removes it again. */
export function endOnShutdown(end: () => void): () => void {
  endings().add(end)
  return () => endings().delete(end)
}

/**
 * Resolves once every call in flight has been settled; streams that take longer are ended. Call it at shutdown, after
 * new requests are refused.
 */
export async function drain(): Promise<void> {
  const timer = setTimeout(() => {
    for (const end of [...endings()]) end()
  }, STREAMS_MS)
  while (running().count > 0) await running().none()
  clearTimeout(timer)
}
