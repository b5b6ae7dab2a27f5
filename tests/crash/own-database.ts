import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { startEmbedded } from '../../src/platform/database/embedded'
import { postgresBinaries, serverAccount } from '../../src/platform/database/embedded-files'

const run = promisify(execFile)

/** How a server goes: told to (its sessions are ended), told to drop everything, or killed. */
export type Going = 'SIGINT' | 'SIGQUIT' | 'SIGKILL'

export interface OwnDatabase {
  url: string
  pool: pg.Pool
  /** Resolves when nothing listens any more. */
  stop: (how: Going) => Promise<void>
  /** Starts it again on the same port; resolves when it takes connections. */
  start: () => Promise<void>
  remove: () => Promise<void>
}

/** A PostgreSQL server of the test's own, with its data safe on disk as in production, to be stopped and started. */
export async function ownDatabase(): Promise<OwnDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'hub-outage-'))
  const { url, dataDir } = await startEmbedded(directory)
  const cluster = join(dataDir, 'cluster')
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  pool.on('error', () => undefined)
  const { port } = new URL(url)
  const stop = async (how: Going) => {
    const pid = await postmaster(cluster)
    if (pid === null) return
    process.kill(pid, how)
    await gone(url)
    while (isAlive(pid)) await sleep(20)
  }
  return {
    url,
    pool,
    stop,
    start: () => startAgain(cluster, dataDir, port),
    remove: async () => {
      await pool.end()
      await stop('SIGINT')
      for (const path of [directory, dataDir]) await rm(path, { recursive: true, force: true })
    },
  }
}

async function startAgain(cluster: string, cwd: string, port: string): Promise<void> {
  const account = serverAccount()
  const control = join(await postgresBinaries(account), 'pg_ctl')
  const options = `-p ${port} -h 127.0.0.1 -c unix_socket_directories=`
  const log = join(cwd, 'postgres.log')
  // After a SIGKILL the old server's processes hold its shared memory for a moment.
  for (let attempt = 1; ; attempt += 1) {
    const started = await run(control, ['start', '-D', cluster, '-w', '-l', log, '-o', options], {
      ...account,
      cwd,
    }).catch((error: Error) => error)
    if (!(started instanceof Error)) return
    if (attempt === 200) throw started
    await sleep(100)
  }
}

async function postmaster(cluster: string): Promise<number | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => null)
  const pid = Number(text?.split('\n')[0])
  return pid > 0 && isAlive(pid) ? pid : null
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function gone(url: string): Promise<void> {
  for (;;) {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => undefined)
    const connected = await client.connect().then(
      () => true,
      () => false,
    )
    await client.end().catch(() => undefined)
    if (!connected) return
    await sleep(20)
  }
}
