import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'

/** Protects against promises that nothing holds: each threat of docs/security.md names tests, and they exist. */
test('each threat in docs/security.md names tests that exist', () => {
  const lines = readFileSync('docs/security.md', 'utf8').split('\n')
  const rows = lines.filter((line) => line.startsWith('| ') && line.split(' | ').length >= 3)
  const threats = rows.filter((line) => !line.startsWith('| threat |') && !line.startsWith('| --- |'))
  expect(threats.length).toBeGreaterThan(40)
  for (const line of threats) {
    const tests = [...line.matchAll(/`(tests\/[\w./-]+\.test\.ts)`/g)].map(([, path]) => path as string)
    expect([line, tests.length > 0]).toEqual([line, true])
    expect(tests.filter((path) => !existsSync(path))).toEqual([])
  }
})
