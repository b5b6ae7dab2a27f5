import { setImmediate as nextIteration } from 'node:timers/promises'
import { perProcess } from './process'

/**
 * Resolves in an iteration of the event loop that no other waiter of this line gets: work that takes milliseconds then
 * lets others be answered in between, however many ask for it at once.
 */
export function ownIteration(line: string): Promise<void> {
  const waiters = perProcess(`own-iteration.${line}`, () => ({ last: Promise.resolve() }))
  waiters.last = waiters.last.then(() => nextIteration())
  return waiters.last
}
