import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { type Account, postgresBinaries, serverAccount, usableDataDir } from './embedded-files'
import { isUsedByOthers, noteUser } from './embedded-users'

const run = promisify(execFile)
const USER = 'hub'

export type EmbeddedServer = {
  /** Connection string of the `hub` database. */
  url: string
  /** The data directory. It differs from the requested one if the server's account could not reach that. */
  dataDir: string
  /** Stops the server, unless another process still uses it. */
  stop: () => Promise<void>
}

type Settings = { databases?: string; options?: string[] }

/**
 * Starts PostgreSQL from the npm packages, with its data in `dataDir`, on 127.0.0.1, a free port and a random password. If
 * a server of an earlier process still runs on the same data, it is used. Throws if there are no binaries for this platform
 * or the server does not start.
 */
export async function startEmbedded(dataDir: string, settings: Settings = {}): Promise<EmbeddedServer> {
  const account = serverAccount()
  const home = await usableDataDir(dataDir, account)
  const binaries = await postgresBinaries(account)
  const cluster = join(home, 'cluster')
  const password = await readOrMake(join(home, 'password'), account)
  if (!(await exists(join(cluster, 'PG_VERSION')))) await initialise(binaries, home, cluster, account)
  const running = await runningPort(cluster)
  const port = running ?? (await freePort())
  await noteUser(home)
  if (running === null) {
    const options = [
      '-p',
      String(port),
      '-h',
      '127.0.0.1',
      '-c',
      'unix_socket_directories=',
      ...(settings.options ?? []),
    ]
    const log = join(home, 'postgres.log')
    await run(
      join(binaries, 'pg_ctl'),
      ['start', '-D', cluster, '-w', '-t', '60', '-l', log, '-o', options.join(' ')],
      {
        ...account,
        cwd: home,
      },
    ).catch(async (error: Error) => {
      throw new Error(`The embedded PostgreSQL did not start: ${(await tail(log)) || error.message}`)
    })
  }
  const url = (database: string) => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`
  await createDatabase(url('postgres'), settings.databases ?? 'hub')
  const stop = async () => {
    if (await isUsedByOthers(home)) return
    await run(join(binaries, 'pg_ctl'), ['stop', '-D', cluster, '-m', 'fast', '-w'], {
      ...account,
      cwd: home,
    })
  }
  return { url: url(settings.databases ?? 'hub'), dataDir: home, stop }
}

async function initialise(binaries: string, home: string, cluster: string, account: Account): Promise<void> {
  await rm(cluster, { recursive: true, force: true })
  const args = [
    '-D',
    cluster,
    '-U',
    USER,
    '-A',
    'scram-sha-256',
    `--pwfile=${join(home, 'password')}`,
    '-E',
    'UTF8',
    '--locale=C',
  ]
  await run(join(binaries, 'initdb'), args, { ...account, cwd: home })
}

/** The server also reads the password file (`initdb --pwfile`), so the server's account must own it. */
async function readOrMake(file: string, account: Account): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch {
    const password = randomBytes(24).toString('hex')
    await writeFile(file, password, { mode: 0o600 })
    if (account.uid !== undefined) await chown(file, account.uid, account.gid ?? account.uid)
    return password
  }
}

/** The port of a running server on this cluster, from its `postmaster.pid`; null if none runs. */
async function runningPort(cluster: string): Promise<number | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => null)
  if (text === null) return null
  const [pid, , , port] = text.split('\n')
  try {
    process.kill(Number(pid), 0)
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'postgres')
    return command.includes('postgres') ? Number(port) : null
  } catch {
    return null
  }
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const known = await client.query('select 1 from pg_database where datname = $1', [name])
    if (known.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}

/** A free port of the loopback address. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function exists(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  )
}

async function tail(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '')
  return text.trim().split('\n').slice(-5).join('\n')
}
