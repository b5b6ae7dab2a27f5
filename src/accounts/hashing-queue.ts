import { tooMany } from '../problem'
import { perProcess } from '../process'

const MOST_WAITING = 32

export type HashingQueue = { run: <T>(work: () => Promise<T>) => Promise<T> }

/**
 * A queue that runs at most `atOnce` pieces of work, lets `mostWaiting` wait in order, and refuses the rest
 * with RATE_LIMITED: an answer that takes many seconds helps nobody, and a flood of logins must end somewhere.
 */
export function makeHashingQueue(atOnce: number, mostWaiting = MOST_WAITING): HashingQueue {
  const waiting: (() => void)[] = []
  let running = 0
  const release = () => {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
  const enter = async () => {
    if (running < atOnce) {
      running += 1
      return
    }
    if (waiting.length >= mostWaiting) throw tooMany('Too many sign-ins at this moment. Try again.', 1)
    await new Promise<void>((resolve) => waiting.push(resolve))
  }
  return {
    run: async (work) => {
      await enter()
      return work().finally(release)
    },
  }
}

/**
 * The one queue of this process. bcrypt works in libuv's pool of four threads, which DNS and files need too,
 * so `atOnce` (the cores, three at most) also keeps a thread free for them.
 */
export function hashingQueue(atOnce: number): HashingQueue {
  return perProcess('accounts.hashing', () => makeHashingQueue(atOnce))
}
