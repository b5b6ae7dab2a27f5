import { watch } from 'node:fs'
import { build } from '../build/build'
import { startServer } from './run-server'

process.env.HUB_LIVE_RELOAD = 'true'
Object.assign(process.env, { NODE_ENV: 'development' })

const SETTLE_MS = 200
let server = await restart(null)
let timer: NodeJS.Timeout | undefined

for (const path of ['src', 'migrations', 'payload.config.ts']) {
  watch(path, { recursive: path !== 'payload.config.ts' }, (_event, file) => {
    if (file?.includes('payload-types') || file?.includes('importMap')) return
    clearTimeout(timer)
    timer = setTimeout(async () => {
      process.stdout.write('Changed: starting again …\n')
      server = await restart(server)
    }, SETTLE_MS)
  })
}

process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => server?.kill('SIGTERM'))

/** The panel reloads by itself (Next); a change of the server's code needs a new process. */
async function restart(running: Awaited<ReturnType<typeof startServer>> | null) {
  try {
    await build({ panel: false })
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    return running
  }
  if (running && running.exitCode === null) {
    running.removeAllListeners('exit')
    const ended = new Promise((resolve) => running.once('exit', resolve))
    running.kill('SIGTERM')
    await ended
  }
  const fresh = startServer([])
  fresh.once('exit', (code) => process.exit(code ?? 1))
  return fresh
}
