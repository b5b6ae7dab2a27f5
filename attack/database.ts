import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../src/platform/database/embedded'

/** Starts a PostgreSQL of the attack's own in a temporary folder, where `freshDatabase` finds it. */
export async function startDatabase(): Promise<{ stop: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'hub-attack-'))
  const options = ['-c', 'max_connections=400', '-c', 'fsync=off', '-c', 'full_page_writes=off']
  const server = await startEmbedded(directory, { options })
  process.env.HUB_TEST_DATABASE_URL = server.url
  return {
    stop: async () => {
      await server.stop()
      await rm(directory, { recursive: true, force: true })
      if (server.dataDir.startsWith('/var/tmp/')) await rm(server.dataDir, { recursive: true, force: true })
    },
  }
}
