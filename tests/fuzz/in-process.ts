import { setPerProcess } from '../../src/platform/kernel/process'
import type { Send, Stage } from './run'
import { ScriptedAgent } from './scripted-agent'

export type InProcess = { send: Send; close: () => Promise<void> }

/**
 * The hub's one fetch handler inside of this process, on the database of the run's hub: a second instance of it. Its
 * providers answer without a socket between. Nothing else of it is replaced.
 */
export async function inProcess(stage: Stage): Promise<InProcess> {
  process.env.DATABASE_URL = process.env.HUB_TEST_HUB_DATABASE_URL as string
  process.env.PAYLOAD_SECRET = process.env.HUB_TEST_SECRET as string
  setPerProcess('tools.agent', new ScriptedAgent(stage.caseOf))
  const { createApi } = await import('../../src/http/api')
  const { createLog } = await import('../../src/platform/log/log')
  const { startMeteringTimers, drainSettlements } = await import('../../src/domain/usage/metering')
  const { runtime } = await import('../../src/platform/runtime/runtime')
  const { config, pool, secret } = runtime()
  const timers = await startMeteringTimers(pool, () => undefined)
  const log = createLog('silent')
  // None of these interfaces reads or writes a document: what needs Payload is not reached.
  const api = createApi({ config: { ...config, secret }, pool, log, payload: null as never })
  return {
    send: (path, init) => {
      return api.fetch(new Request(`http://127.0.0.1${path}`, init), { remoteAddress: '127.0.0.1' })
    },
    close: async () => {
      await drainSettlements()
      await timers.stop()
      await pool.end()
    },
  }
}
