import { readFileSync } from 'node:fs'

/**
 * Times of which what the machine did for others is no part, for tests that hold the hub to a time: on a machine that is
 * busy they say what the hub took, and not what it was made to wait.
 */

/** How long (ms) some work took of this process, however long it had to wait for a core. */
export async function busyMs(work: () => unknown): Promise<number> {
  const [began, before] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return Math.min(performance.now() - began, (user + system) / 1_000)
}

/** A clock (ms) that stands still while this process, or the other one, is ready to run and has no core to run on. */
export function fairClock(pid: number): () => number {
  const now = () => performance.now() - withoutCoreMs(process.pid) - withoutCoreMs(pid)
  const began = now()
  return () => now() - began
}

/** As Linux counts it for the main thread; 0 where the system does not. */
function withoutCoreMs(pid: number): number {
  try {
    const [, waitedNs] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')
    return Number(waitedNs) / 1e6
  } catch {
    return 0
  }
}
