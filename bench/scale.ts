import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Pool } from 'pg'
import { startEmbedded } from '../src/platform/database/embedded'
import { build } from '../src/start/build/build'
import { type Child, runLoad, startScript } from './children'
import { addKeys, fillHub } from './hub-content'
import { startHubProcess } from './hub-process'
import { invocationRequests } from './invocations'
import { fillScale, isFilled } from './scale-fill'
import { measurePanel } from './scale-panel'
import { measureReads } from './scale-reads'
import { makeDatabase, openPool, remakeDatabase } from './stage'
import { median } from './statistics'
import { printTable, tenth, times, whole } from './tables'
import { machineFacts } from './usage-of-machine'

/** `npm run bench:scale`: what the hub does with ten million calls behind it. See README.md here. */
const { values } = parseArgs({
  options: {
    keep: { type: 'string' },
    rows: { type: 'string', default: '10000000' },
    users: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    reads: { type: 'boolean', default: false },
    panel: { type: 'boolean', default: false },
    only: { type: 'string' },
    visits: { type: 'string', default: '20' },
  },
})
const size = { rows: Number(values.rows), users: Number(values.users) }
const dir = values.keep ? resolve(values.keep) : await mkdtemp(join(tmpdir(), 'hub-scale-'))
const ends: Array<() => Promise<unknown>> = []

try {
  await run()
} finally {
  for (const end of ends.reverse()) await end()
  if (!values.keep) await rm(dir, { recursive: true, force: true })
}

async function run(): Promise<void> {
  await mkdir(dir, { recursive: true })
  await chmod(dir, 0o755)
  await build({ panel: values.panel })
  const options = ['max_connections=100', 'max_wal_size=8GB', 'shared_buffers=1GB'].flatMap((one) => [
    '-c',
    one,
  ])
  const server = await startEmbedded(join(dir, 'postgres'), { options })
  ends.push(() => server.stop())
  const tool = await open(startScript('tool'))
  const large = await makeDatabase(server, 'scale')
  const empty = await makeDatabase(server, 'empty')
  if (!(await isFilled(large, size))) await fill(await remakeDatabase(server, 'scale'), tool)
  const pool = openPool(large)
  ends.push(() => pool.end())
  await pointToolsAt(pool, tool)
  process.stdout.write(`${await machineFacts(pool)}\n`)
  const hub = await open(startHubProcess(large, dir, values.panel ? 'on' : 'off'))
  const keys = await addKeys(pool, `select id from bench_people order by hashint8(n) limit 200`)
  if (values.panel) return measurePanel(hub, pool, Number(values.visits), values.only)
  await measureReads(hub, pool, keys)
  if (values.reads) return
  await measureInvocations(hub, keys, empty, tool)
}

/** Has a hub make its tables, and fills them while no hub runs. */
async function fill(url: string, tool: Child): Promise<void> {
  const pool = openPool(url)
  const hub = await startHubProcess(url, dir)
  await fillHub(hub, pool, tool.url, 0).finally(hub.stop)
  await pool.end()
  process.stdout.write('Filling the database\n')
  await fillScale(url, size)
}

/** The tool of this run is at another port than that of the run which made the database. */
async function pointToolsAt(pool: Pool, tool: Child): Promise<void> {
  await pool.query(
    `update tools set endpoint = $1 || substring(slug from '[0-9]+$') where slug like 'takes-%'`,
    [`${tool.url}/`],
  )
}

/** Invocations on the full database and on an empty one, in turn. */
async function measureInvocations(hub: Child, keys: string[], empty: string, tool: Child): Promise<void> {
  const emptyPool = openPool(empty)
  ends.push(() => emptyPool.end())
  const fresh = await open(startHubProcess(empty, dir))
  const known = await emptyPool.query(`select 1 from plans where name = 'bench'`)
  if (known.rowCount) await pointToolsAt(emptyPool, tool)
  const freshKeys = known.rowCount
    ? await addKeys(emptyPool, `select user_id from subscriptions limit 200`)
    : await fillHub(fresh, emptyPool, tool.url, 200)
  const load = await open(startScript('load'))
  const on = async (target: Child, tokens: string[], warmUpMs: number, durationMs: number) => {
    const requests = invocationRequests('hub', tokens, 0)
    const outcome = await runLoad(load, {
      url: target.url,
      connections: 16,
      requests,
      mode: 'loop',
      warmUpMs,
      durationMs,
    })
    if (Object.keys(outcome.errors).length > 0) throw new Error(`Errors: ${JSON.stringify(outcome.errors)}`)
    return { rate: outcome.answered / outcome.seconds, ...outcome.latency }
  }
  await on(hub, keys, 2_000, 100)
  await on(fresh, freshKeys, 2_000, 100)
  const rounds: Array<{ full: Awaited<ReturnType<typeof on>>; empty: Awaited<ReturnType<typeof on>> }> = []
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const first = round % 2 === 0 ? await on(hub, keys, 500, 3_000) : null
    const second = await on(fresh, freshKeys, 500, 3_000)
    rounds.push({ full: first ?? (await on(hub, keys, 500, 3_000)), empty: second })
  }
  const of = (which: 'full' | 'empty', figure: 'rate' | 'p50' | 'p95') =>
    median(rounds.map((one) => one[which][figure]))
  const row = (name: string, which: 'full' | 'empty') => [
    name,
    whole(of(which, 'rate')),
    tenth(of(which, 'p50')),
    tenth(of(which, 'p95')),
  ]
  printTable(
    'Invocations at 16 connections (medians of the rounds; ms)',
    ['on', 'calls/s', 'p50', 'p95'],
    [row(`${whole(size.rows)} rows`, 'full'), row('an empty table', 'empty')],
  )
  const ratio = median(rounds.map((one) => one.full.rate / one.empty.rate))
  process.stdout.write(`rate on the full table / on an empty one: ${times(ratio)}\n`)
}

async function open(starting: Promise<Child>): Promise<Child> {
  const child = await starting
  ends.push(child.stop)
  return child
}
