import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../../src/platform/database/embedded'
import { setPerProcess } from '../../src/platform/kernel/process'
import { build } from '../../src/start/build/build'
import { createDatabase } from './database'
import { startTestHub, TEST_SECRET } from './hub'

/**
 * One PostgreSQL for the whole run, in a directory of its own, so that the data of `npm start` is never
 * touched, and one hub on it for the tests that speak HTTP. Test files that need a database of their own make
 * one (`freshDatabase`). HUB_TEST_SERVER=off leaves the hub out, for a quick run of unit tests.
 */
export default async function globalSetup(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'hub-test-'))
  const options = ['-c', 'max_connections=400', '-c', 'fsync=off', '-c', 'full_page_writes=off']
  const server = await startEmbedded(directory, { options })
  process.env.HUB_TEST_DATABASE_URL = server.url
  process.env.HUB_TEST_SECRET = TEST_SECRET
  const run: { server: typeof server; directory: string; hub?: Awaited<ReturnType<typeof startTestHub>> } = {
    server,
    directory,
  }
  setPerProcess('test.run', run)
  if (process.env.HUB_TEST_SERVER === 'off') return
  try {
    await build({ panel: process.env.HUB_TEST_PANEL === 'on' })
    process.env.HUB_TEST_TEMPLATE = await makeTemplate(server.url)
    run.hub = await startTestHub(
      await createDatabase(server.url, 'test_main', process.env.HUB_TEST_TEMPLATE),
      {
        PANEL: process.env.HUB_TEST_PANEL ?? 'off',
      },
    )
  } catch (error) {
    await server.stop()
    throw error
  }
  process.env.HUB_TEST_URL = run.hub.url
  process.env.HUB_TEST_HUB_DATABASE_URL = run.hub.databaseUrl
  process.env.HUB_TEST_ADMIN_EMAIL = run.hub.admin.email
  process.env.HUB_TEST_ADMIN_PASSWORD = run.hub.admin.password
  process.env.HUB_TEST_MAIL_DIR = join(run.hub.dataDir, 'mail')
}

/** A hub's first start migrates and seeds; the name of what it leaves behind, to be copied. */
async function makeTemplate(adminUrl: string): Promise<string> {
  const name = 'test_template'
  const hub = await startTestHub(await createDatabase(adminUrl, name))
  const code = await hub.stop()
  if (code !== 0) throw new Error(`the first hub ended with ${code}:\n${hub.output()}`)
  return name
}
