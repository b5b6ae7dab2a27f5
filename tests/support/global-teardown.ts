import { rm } from 'node:fs/promises'
import { perProcess } from '../../src/platform/kernel/process'
import type { TestRun } from './global-setup'

/** Stops what the set-up started and removes its files. */
export default async function globalTeardown(): Promise<void> {
  const run = perProcess<TestRun>('test.run', () => {
    throw new Error('the set-up did not run')
  })
  await Promise.all(run.hubs.map((hub) => hub.stop()))
  await run.server.stop()
  await rm(run.directory, { recursive: true, force: true })
  if (run.server.dataDir.startsWith('/var/tmp/'))
    await rm(run.server.dataDir, { recursive: true, force: true })
}
