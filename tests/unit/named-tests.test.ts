// The kind: a comment or a document that names a test which is not there, so that a guarantee seems to be held.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'

const ROOT = join(import.meta.dirname, '../..')
const NAMED = /[\w./-]*\w\.test\.ts/g

const below = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`)

it('every test that is named somewhere exists', () => {
  const tests = below('tests').filter((file) => file.endsWith('.test.ts'))
  // A decision speaks of its day.
  const texts = ['src', 'tests', 'docs', 'attack', 'bench', 'demo', 'tour']
    .flatMap(below)
    .filter((file) => /\.(tsx?|md)$/.test(file) && !file.startsWith('docs/decisions/'))
  const named = [...texts, 'README.md'].flatMap((file) =>
    (readFileSync(join(ROOT, file), 'utf8').match(NAMED) ?? []).map((name) => ({ file, name })),
  )
  expect(named.length).toBeGreaterThan(100)
  const isThere = (name: string) =>
    tests.some((test) => `/${test}`.endsWith(`/${name.replace(/^(\.\.?\/)+/, '')}`))
  expect(named.filter(({ name }) => !isThere(name))).toEqual([])
})
