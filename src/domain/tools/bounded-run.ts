import { type Context, createContext, Script } from 'node:vm'
import { perProcess } from '../../platform/kernel/process'

/** Thrown by `runBounded` when the work timed out. */
export class TookTooLong extends Error {
  override name = 'TookTooLong'
}

type Box = { context: Context & { work?: () => unknown }; script: Script }

/** A process that is kept waiting for its core for this often in a row is not waited for any longer. */
const MOST_TRIES = 3

/**
 * Runs synchronous work with a timeout of `timeoutMs`: V8 stops it at any point, also inside a regular
 * expression that backtracks. It costs about 70 µs. Work that was cut off although the process was hardly given that much
 * of the machine's time is begun again. Throws `TookTooLong`, or what the work throws. `cpuMs` reads how much processor
 * time the process has had.
 */
export function runBounded<T>(work: () => T, timeoutMs: number, cpuMs = ownCpuMs): T {
  for (let attempt = 1; ; attempt += 1) {
    const before = cpuMs()
    try {
      return runOnce(work, timeoutMs)
    } catch (error) {
      if (!(error instanceof TookTooLong) || attempt === MOST_TRIES) throw error
      if (cpuMs() - before > timeoutMs * OWN_SHARE) throw error
    }
  }
}

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** On a busy machine a runaway gets its share all the same, and honest work needs next to nothing of it. */
const OWN_SHARE = 0.3

function runOnce<T>(work: () => T, timeoutMs: number): T {
  const { context, script } = perProcess<Box>('tools.bounded-run', () => ({
    context: createContext(Object.create(null)),
    script: new Script('work()'),
  }))
  context.work = work
  try {
    return script.runInContext(context, { timeout: timeoutMs }) as T
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    throw new TookTooLong(`took more than ${timeoutMs} ms`)
  } finally {
    context.work = undefined
  }
}
