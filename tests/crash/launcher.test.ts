import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { serverAccount, usableDataDir } from '../../src/platform/database/embedded-files'
import { ask, must } from '../instances/ask'
import { freePort } from '../support/free-port'
import { startTestHub } from '../support/hub'
import { PASSWORD } from '../support/people'
import { until } from '../support/until'

/** A hub with the database that comes with it, as `npm start` runs it. */
let dataDir: string
let home: string
const account = { email: 'stays@example.org', password: PASSWORD }

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hub-launched-'))
  home = await usableDataDir(dataDir, serverAccount())
})
afterAll(async () => {
  for (const path of [dataDir, home]) await rm(path, { recursive: true, force: true })
})

const embedded = () => startTestHub('', { DATABASE_URL: '', HUB_DATA_DIR: dataDir })

/** The process of the database; null where none runs. */
async function databaseProcess(): Promise<number | null> {
  const text = await readFile(join(home, 'cluster', 'postmaster.pid'), 'utf8').catch(() => null)
  return text === null ? null : Number(text.split('\n')[0])
}

test('a database that a killed hub left behind is used again, with what it holds', async () => {
  const first = await embedded()
  await must(201, first, 'POST', '/auth/register', { body: { name: 'Stays', ...account } })
  const left = await databaseProcess()
  await first.kill()
  expect(left).toBeGreaterThan(0)
  expect(await databaseProcess()).toBe(left)
  const second = await embedded()
  expect(await databaseProcess()).toBe(left)
  expect((await ask(second, 'POST', '/auth/login', { body: account })).status).toBe(200)
  expect(await second.stop()).toBe(0)
  // Nobody uses it any more, though this hub had only found it running.
  expect(await databaseProcess()).toBeNull()
})

test('the server ends when its launcher is killed, and its database with it', async () => {
  const url = `http://127.0.0.1:${await freePort()}`
  const code = `import('./src/start/commands/run-server.ts').then(({ runServer }) => runServer([]))`
  const launcher = spawn(process.execPath, ['--import', 'tsx', '--eval', code], {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PANEL: 'off',
      PORT: new URL(url).port,
      HUB_DATA_DIR: dataDir,
    },
  })
  const answers = (path: string) =>
    fetch(`${url}${path}`).then(
      ({ status }) => status === 200,
      () => false,
    )
  await until('a hub that is ready', () => answers('/ready'), 100_000)
  expect((await ask({ url }, 'POST', '/auth/login', { body: account })).status).toBe(200)
  launcher.kill('SIGKILL')
  await until('the end of the hub', async () => !(await answers('/health')))
  await until('the end of its database', async () => (await databaseProcess()) === null)
})
