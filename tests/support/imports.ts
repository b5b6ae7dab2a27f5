import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** Which files each file imports, by paths below the root; types and dynamic imports included, packages not. */
export type Imports = Map<string, string[]>

const CODE = /\.(ts|tsx|mjs)$/
const SPECIFIER = /(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)['"](\.{1,2}\/[^'"\n]+)['"]/g
const ENDINGS = ['', '.ts', '.tsx', '.mjs', '/index.ts', '/index.tsx']

/** The imports of all code below `root`. An import of a file that is not there (a style sheet) is left out. */
export function readImports(root: string): Imports {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => CODE.test(file))
  const known = new Set(files)
  const find = (path: string) => ENDINGS.map((ending) => path + ending).find((file) => known.has(file))
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      const paths = [...text.matchAll(SPECIFIER)].map(([, path]) => join(dirname(file), path as string))
      return [file, [...new Set(paths.flatMap((path) => find(relative('', path)) ?? []))]]
    }),
  )
}

/** The same between folders of at most `depth` parts: `domain/tools`. A file at the top is a folder of its own. */
export function betweenFolders(imports: Imports, depth: number): Imports {
  const folderOf = (file: string) => {
    const parts = file.split('/')
    return parts.length === 1 ? file : parts.slice(0, Math.min(depth, parts.length - 1)).join('/')
  }
  const folders: Imports = new Map()
  for (const [file, targets] of imports) {
    const from = folderOf(file)
    const known = new Set(folders.get(from))
    for (const target of targets) if (folderOf(target) !== from) known.add(folderOf(target))
    folders.set(from, [...known])
  }
  return folders
}

/** Every group of nodes that reach each other, by Tarjan's algorithm; none where there is no circle. */
export function circlesOf(imports: Imports): string[][] {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const circles: string[][] = []
  const visit = (node: string): void => {
    order.set(node, order.size)
    lowest.set(node, order.get(node) as number)
    open.push(node)
    for (const next of imports.get(node) ?? []) {
      if (!order.has(next)) visit(next)
      if (open.includes(next))
        lowest.set(node, Math.min(lowest.get(node) as number, lowest.get(next) as number))
    }
    if (lowest.get(node) !== order.get(node)) return
    const group = open.splice(open.indexOf(node))
    if (group.length > 1 || imports.get(node)?.includes(node)) circles.push(group.sort())
  }
  for (const node of imports.keys()) if (!order.has(node)) visit(node)
  return circles
}
