import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg, { type Pool } from 'pg'
import { type EmbeddedServer, startEmbedded } from '../src/platform/database/embedded'
import { build } from '../src/start/build/build'
import { fillBare } from './bare-content'
import { type Child, startScript } from './children'
import { fillHub } from './hub-content'
import { startHubProcess } from './hub-process'
import { postmasterOf } from './usage-of-machine'

/** Everything that a benchmark needs, each in a process of its own. */
export type Stage = {
  hub: Child
  bare: Child
  tool: Child
  load: Child
  server: EmbeddedServer
  postmaster: number
  hubPool: Pool
  keys: string[]
  /** The hub of another checkout: this one's ledger check does not know its tables. */
  isOtherCode?: true
  close: () => Promise<void>
}

const USERS = 200

/** Builds the hub and puts up PostgreSQL with safe settings, tool, bare proxy, hub and load generator. */
export async function openStage(): Promise<Stage> {
  await build({ panel: false })
  const dir = await mkdtemp(join(tmpdir(), 'hub-bench-'))
  // The embedded server runs under an account of its own and must reach its data.
  await chmod(dir, 0o755)
  const opened: Array<() => Promise<unknown>> = [() => rm(dir, { recursive: true, force: true })]
  const close = async () => {
    for (const step of opened.reverse()) await step()
  }
  try {
    return { ...(await openAll(dir, opened)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function openAll(dir: string, opened: Array<() => Promise<unknown>>): Promise<Omit<Stage, 'close'>> {
  const keep = (child: Child) => {
    opened.push(child.stop)
    return child
  }
  const server = await openServer(dir)
  opened.push(async () => {
    await server.stop()
    await rm(server.dataDir, { recursive: true, force: true })
  })
  const hubUrl = await makeDatabase(server, 'bench_hub')
  const bareUrl = await makeDatabase(server, 'bench_bare')
  const tool = keep(await startScript('tool'))
  const hub = keep(await startHubProcess(hubUrl, dir))
  const hubPool = openPool(hubUrl)
  const barePool = openPool(bareUrl)
  opened.push(() => hubPool.end())
  const keys = await fillHub(hub, hubPool, tool.url, USERS)
  await fillBare(barePool, keys).finally(() => barePool.end())
  const bare = keep(await startScript('bare-proxy', { DATABASE_URL: bareUrl, BENCH_TOOL_URL: tool.url }))
  const load = keep(await startScript('load'))
  return { hub, bare, tool, load, server, postmaster: await postmasterOf(server.dataDir), hubPool, keys }
}

/** The same stage with the hub of another checkout, on a database of its own. Its folder has to be built. */
export async function besideStage(stage: Stage, checkout: string): Promise<Stage> {
  const dir = await mkdtemp(join(tmpdir(), 'hub-bench-'))
  const url = await makeDatabase(stage.server, 'bench_other')
  const hub = await startHubProcess(url, dir, 'off', checkout)
  const hubPool = openPool(url)
  const keys = await fillHub(hub, hubPool, stage.tool.url, USERS)
  const close = async () => {
    await hub.stop()
    await hubPool.end()
    await rm(dir, { recursive: true, force: true })
  }
  return { ...stage, hub, hubPool, keys, isOtherCode: true, close }
}

/** An embedded server with PostgreSQL's own, safe settings for writing: fsync and synchronous_commit on. */
async function openServer(dir: string): Promise<EmbeddedServer> {
  await mkdir(join(dir, 'data'), { recursive: true })
  return startEmbedded(join(dir, 'postgres'), { options: ['-c', 'max_connections=100'] })
}

/** A pool that outlives a connection that the server closes. */
export function openPool(url: string): Pool {
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  pool.on('error', () => undefined)
  return pool
}

/** Makes a database on this server where it has none of that name, and answers its address. */
export async function makeDatabase(server: EmbeddedServer, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  try {
    const known = await client.query('select 1 from pg_database where datname = $1', [name])
    if (known.rowCount === 0) await client.query(`create database ${name}`)
  } finally {
    await client.end()
  }
  return Object.assign(new URL(server.url), { pathname: `/${name}` }).toString()
}

/** Makes a database anew, without what it had. */
export async function remakeDatabase(server: EmbeddedServer, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query(`drop database if exists ${name} with (force)`).finally(() => client.end())
  return makeDatabase(server, name)
}
