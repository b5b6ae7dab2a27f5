import { readdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Pool } from 'pg'

/** CPU time is told in hundredths of a second on Linux. */
const TICKS_PER_SECOND = 100

/** CPU seconds of one process so far, with those of its ended children; NaN where there is no /proc. */
export async function cpuSeconds(pid: number): Promise<number> {
  const fields = await statOf(pid)
  return fields ? cpuOf(fields) : Number.NaN
}

/** Its own time in user and kernel mode, and that of its ended children. */
const cpuOf = (fields: string[]) =>
  fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND

/** CPU seconds of a PostgreSQL server: the postmaster with what has ended, and every process of its own. */
export async function serverCpuSeconds(postmaster: number): Promise<number> {
  for (;;) {
    const before = await cpuSeconds(postmaster)
    const seconds = before + (await childrenCpuSeconds(postmaster))
    // A process that ended meanwhile is in the postmaster's own time now, and was missed or counted twice.
    const after = await cpuSeconds(postmaster)
    if (!(after > before)) return seconds
  }
}

async function childrenCpuSeconds(parent: number): Promise<number> {
  const entries = await readdir('/proc').catch(() => [])
  let seconds = 0
  for (const entry of entries) {
    if (!/^\d+$/.test(entry)) continue
    const fields = await statOf(Number(entry))
    if (fields && Number(fields[1]) === parent) seconds += cpuOf(fields)
  }
  return seconds
}

/** The process id of the server whose data lies in `dataDir`. */
export async function postmasterOf(dataDir: string): Promise<number> {
  return Number((await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0])
}

/** The most memory that a process had at once since `forgetPeak`, in MB. */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1_024
}

/** Starts the peak anew where the system allows it. */
export async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => undefined)
}

/** What the figures were measured on, as one line. */
export async function machineFacts(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ server_version: string }>('show server_version')
  const model = cpus()[0]?.model.trim() || process.arch
  const memory = Math.round(totalmem() / 1024 ** 3)
  const postgres = `PostgreSQL ${rows[0]?.server_version} (fsync and synchronous_commit on)`
  return `${availableParallelism()} cores of ${model}, ${memory} GB, Node ${process.versions.node}, ${postgres}`
}

/** The fields after the process's name, which may hold spaces: state, parent, …, utime is the twelfth. */
async function statOf(pid: number): Promise<string[] | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ')
}
