import { rm } from 'node:fs/promises'
import type { EmbeddedServer } from '../../src/platform/database/embedded'
import { perProcess } from '../../src/platform/kernel/process'
import type { TestHub } from './hub'

/** Stops what the set-up started and removes its files. */
export default async function globalTeardown(): Promise<void> {
  const run = perProcess<{ server: EmbeddedServer; directory: string; hub?: TestHub }>('test.run', () => {
    throw new Error('the set-up did not run')
  })
  await run.hub?.stop()
  await run.server.stop()
  await rm(run.directory, { recursive: true, force: true })
  if (run.server.dataDir.startsWith('/var/tmp/'))
    await rm(run.server.dataDir, { recursive: true, force: true })
}
