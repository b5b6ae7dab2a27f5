import { tooMany } from '../../platform/kernel/problem'
import { perProcess } from '../../platform/kernel/process'
import { FairQueue } from './fair-queue'

const MOST_WAITING = 32

/**
 * The network and the account that a hash belongs to. Hashes of one network wait for each other, and within it those
 * of one account.
 */
export type Lane = { network: string; account: string }

export type HashingQueue = { run: <T>(work: () => Promise<T>, lane?: Lane) => Promise<T> }

/** The hub's own hashes: for the first admin and for generated sample data. */
const OWN_LANE: Lane = { network: '', account: '' }

type Waiting = { enter: () => void; refuse: () => void }

/**
 * A queue that runs at most `atOnce` pieces of work, lets `mostWaiting` wait, and refuses the rest with RATE_LIMITED:
 * a response after many seconds helps nobody, and a flood of logins must end somewhere. Networks take turns, and so
 * do the accounts of each. When the queue is full, the network with the most waiting pieces loses its last one: so
 * nobody can fill the queue for others.
 */
export function makeHashingQueue(atOnce: number, mostWaiting = MOST_WAITING): HashingQueue {
  const waiting = new FairQueue<Waiting>()
  let running = 0
  const release = () => {
    const next = waiting.shift()
    if (next) next.enter()
    else running -= 1
  }
  const enter = async ({ network, account }: Lane) => {
    if (running < atOnce) {
      running += 1
      return
    }
    await new Promise<void>((resolve, reject) => {
      const refuse = () => reject(tooMany('Too many sign-ins at this moment. Try again.', 1))
      waiting.push([network, account], { enter: resolve, refuse })
      if (waiting.size > mostWaiting) waiting.dropFromLongest()?.refuse()
    })
  }
  return {
    run: async (work, lane = OWN_LANE) => {
      await enter(lane)
      return work().finally(release)
    },
  }
}

/**
 * The one queue of this process. bcrypt works in libuv's pool of four threads, which DNS and files need too. So
 * `atOnce` (the number of cores, at most three) also keeps one thread free for them.
 */
export function hashingQueue(atOnce: number): HashingQueue {
  return perProcess('accounts.hashing', () => makeHashingQueue(atOnce))
}
