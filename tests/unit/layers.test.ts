// The kind: code whose place nobody can guess. Five layers, each knows only those below it (docs/architecture.md).
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { betweenFolders, circlesOf, type Imports, readImports } from '../support/imports'

const SRC = join(import.meta.dirname, '../../src')
/** From the lowest. Those of one line do not know each other; `app` is what Payload generates for Next. */
const LAYERS = [['platform'], ['domain'], ['http', 'panel'], ['start'], ['app']]
const LOOSE = ['payload-types.ts', 'with-hub.mjs']

/** Imports of a higher layer, or of the one beside. */
function upward(imports: Imports): string[] {
  const layerOf = (file: string) => LAYERS.findIndex((names) => names.includes(file.split('/')[0] as string))
  const isAllowed = (from: string, to: string) =>
    from.split('/')[0] === to.split('/')[0] || layerOf(to) < layerOf(from)
  return [...imports].flatMap(([from, targets]) =>
    targets.filter((to) => layerOf(to) >= 0 && !isAllowed(from, to)).map((to) => `${from} knows ${to}`),
  )
}

const imports = readImports(SRC)

describe('the layers of src', () => {
  it('are all that lies there', () => {
    expect(readdirSync(SRC).sort()).toEqual([...LAYERS.flat(), ...LOOSE].sort())
  })

  it('know only those below them', () => {
    expect(upward(imports)).toEqual([])
  })

  it('hold no circle of files, and none of folders', () => {
    expect(circlesOf(imports)).toEqual([])
    expect(circlesOf(betweenFolders(imports, 2))).toEqual([])
  })

  it('were read: nearly every file imports another', () => {
    expect(imports.size).toBeGreaterThan(500)
    expect([...imports.values()].filter(({ length }) => length > 0).length).toBeGreaterThan(imports.size / 2)
  })
})

describe('what the rules find', () => {
  const of = (entries: Record<string, string[]>): Imports => new Map(Object.entries(entries))

  it('is an import of a higher layer, and of the one beside', () => {
    const found = upward(
      of({
        'platform/a.ts': ['domain/b.ts', 'platform/c.ts'],
        'domain/b.ts': ['platform/a.ts'],
        'panel/d.ts': ['http/e.ts', 'domain/b.ts'],
        'http/e.ts': ['panel/d.ts', 'start/f.ts'],
        'start/f.ts': ['http/e.ts', 'payload-types.ts'],
      }),
    )
    expect(found).toEqual([
      'platform/a.ts knows domain/b.ts',
      'panel/d.ts knows http/e.ts',
      'http/e.ts knows panel/d.ts',
      'http/e.ts knows start/f.ts',
    ])
  })

  it('is a circle of files, also a long one, and one of folders that is none of files', () => {
    const files = of({
      'domain/x/a.ts': ['domain/y/b.ts'],
      'domain/y/b.ts': ['domain/y/c.ts'],
      'domain/y/c.ts': [],
      'domain/y/d.ts': ['domain/x/e.ts'],
      'domain/x/e.ts': [],
    })
    expect(circlesOf(files)).toEqual([])
    expect(circlesOf(betweenFolders(files, 2))).toEqual([['domain/x', 'domain/y']])
    const round = of({ a: ['b'], b: ['c'], c: ['a', 'd'], d: [], e: ['e'] })
    expect(circlesOf(round)).toEqual([['a', 'b', 'c'], ['e']])
  })
})
