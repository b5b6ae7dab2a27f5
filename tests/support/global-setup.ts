import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedServer, startEmbedded } from '../../src/platform/database/embedded'
import { setPerProcess } from '../../src/platform/kernel/process'
import { build } from '../../src/start/build/build'
import { createDatabase } from './database'
import { startTestHub, TEST_SECRET, type TestHub } from './hub'

/** What the run has started, for `global-teardown.ts`. */
export type TestRun = { server: EmbeddedServer; directory: string; hubs: TestHub[] }

/**
 * One PostgreSQL for the whole run, in a directory of its own, so that the data of `npm start` is never touched, and a hub
 * on it for the tests that speak HTTP; with HUB_TEST_HUBS, one for each worker (`hub-of-worker.js`). Test files that need a database of their own make
 * one (`freshDatabase`). HUB_TEST_SERVER=off leaves the hub out, for a quick run of unit tests.
 */
export default async function globalSetup(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'hub-test-'))
  const options = ['-c', 'max_connections=400', '-c', 'fsync=off', '-c', 'full_page_writes=off']
  // Tests that count statements tell the databases apart.
  options.push('-c', "log_line_prefix='%m [%p] %d '")
  const server = await startEmbedded(directory, { options })
  process.env.HUB_TEST_DATABASE_URL = server.url
  process.env.HUB_TEST_SECRET = TEST_SECRET
  const run: TestRun = { server, directory, hubs: [] }
  setPerProcess('test.run', run)
  if (process.env.HUB_TEST_SERVER === 'off') return
  try {
    await build({ panel: process.env.HUB_TEST_PANEL === 'on' })
    process.env.HUB_TEST_TEMPLATE = await makeTemplate(server.url)
    for (let number = 1; number <= Number(process.env.HUB_TEST_HUBS ?? 1); number += 1)
      run.hubs.push(await startHub(server.url, `test_main_${number}`))
  } catch (error) {
    await server.stop()
    throw error
  }
  process.env.HUB_TEST_WORKERS = JSON.stringify(run.hubs.map(environmentOf))
  Object.assign(process.env, environmentOf(run.hubs[0] as TestHub))
}

async function startHub(adminUrl: string, database: string): Promise<TestHub> {
  const url = await createDatabase(adminUrl, database, process.env.HUB_TEST_TEMPLATE)
  return startTestHub(url, { PANEL: process.env.HUB_TEST_PANEL ?? 'off' })
}

/** How tests find a hub. */
const environmentOf = ({ url, databaseUrl, admin, dataDir }: TestHub) => ({
  HUB_TEST_URL: url,
  HUB_TEST_HUB_DATABASE_URL: databaseUrl,
  HUB_TEST_ADMIN_EMAIL: admin.email,
  HUB_TEST_ADMIN_PASSWORD: admin.password,
  HUB_TEST_MAIL_DIR: join(dataDir, 'mail'),
})

/** A hub's first start migrates and seeds; the name of what it leaves behind, to be copied. */
async function makeTemplate(adminUrl: string): Promise<string> {
  const name = 'test_template'
  const hub = await startTestHub(await createDatabase(adminUrl, name))
  const code = await hub.stop()
  if (code !== 0) throw new Error(`the first hub ended with ${code}:\n${hub.output()}`)
  return name
}
