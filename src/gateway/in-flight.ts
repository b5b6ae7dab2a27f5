import { perProcess } from '../process'

const running = () => perProcess('gateway.in-flight', () => new Set<Promise<unknown>>())

/**
 * Notes a call until it is settled. The caller may go away before that; the call is finished in any case,
 * since its tokens are held and the tool may have done its work.
 */
export function keepUntilSettled<T>(call: Promise<T>): Promise<T> {
  const settled = call.catch(() => undefined).finally(() => running().delete(settled))
  running().add(settled)
  return call
}

/** How many calls are under way in this process. */
export function callsInFlight(): number {
  return running().size
}

/** Resolves once every call that is under way has been settled. For shutdown, after new requests are refused. */
export async function drain(): Promise<void> {
  while (running().size > 0) await Promise.all(running())
}
