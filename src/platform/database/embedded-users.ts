import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const usersOf = (home: string): string => join(home, 'users')

/** Each process that uses the server has a file with its number, so that the last one to leave stops it. */
export async function noteUser(home: string): Promise<void> {
  await mkdir(usersOf(home), { recursive: true })
  await writeFile(join(usersOf(home), String(process.pid)), '')
}

/** Takes our own file away, and tells whether another process with such a file still runs. */
export async function isUsedByOthers(home: string): Promise<boolean> {
  await rm(join(usersOf(home), String(process.pid)), { force: true })
  const others = await readdir(usersOf(home)).catch(() => [])
  const living = others.filter((pid) => isRunning(Number(pid)))
  const dead = others.filter((pid) => !living.includes(pid))
  await Promise.all(dead.map((pid) => rm(join(usersOf(home), pid), { force: true })))
  return living.length > 0
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
