import { ConfigError } from '../platform/config/environment'
import { withoutValues } from '../platform/log/logged-error'
import { prepareEnvironment } from './environment'

/** Starts the hub in this process. A bad configuration or a failed start ends it with exit code 1. */
async function main(): Promise<void> {
  const prepared = await prepareEnvironment()
  // What follows reads the environment when it is loaded, so it is loaded only now.
  const { startHub } = await import('./start-hub')
  const { flushLog } = await import('../platform/log/log')
  const { hubLog } = await import('../platform/runtime/runtime')
  try {
    await startHub(prepared)
  } catch (error) {
    await prepared.database?.stop()
    await flushLog(hubLog())
    throw error
  }
}

main().catch((error: unknown) => {
  const text =
    error instanceof ConfigError
      ? error.message
      : error instanceof Error
        ? withoutValues(error).stack
        : String(error)
  process.stderr.write(`${text}\n`)
  process.exit(1)
})
