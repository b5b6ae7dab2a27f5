import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const SOURCES = [
  'src',
  'migrations',
  'payload.config.ts',
  'next.config.mjs',
  'package-lock.json',
  'tsconfig.json',
]

/** A SHA-256 over the names and contents of everything that a build reads, and over Node's version. */
export async function hashSources(root: string): Promise<string> {
  const hash = createHash('sha256').update(process.version)
  for (const source of SOURCES) {
    for (const file of await filesBelow(root, source))
      hash.update(file).update(await readFile(join(root, file)))
  }
  return hash.digest('hex')
}

async function filesBelow(root: string, path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true }).catch(() => null)
  if (entries === null) return [path]
  const sorted = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const nested = await Promise.all(
    sorted.map((entry) =>
      entry.isDirectory()
        ? filesBelow(root, join(path, entry.name))
        : Promise.resolve([join(path, entry.name)]),
    ),
  )
  return nested.flat()
}
