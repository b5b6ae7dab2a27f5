import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { PROBLEM_STATUS } from '../../src/platform/kernel/problem'

test('docs/errors.md explains every code, under its status', async () => {
  const page = await readFile('docs/errors.md', 'utf8')
  const explained = page
    .split(/^## /m)
    .slice(1)
    .flatMap((part) => {
      const status = Number(part.slice(0, 3))
      return [...part.matchAll(/^### (\w+)$/gm)].map((match) => [match[1], status])
    })
  expect(Object.fromEntries(explained)).toEqual({ ...PROBLEM_STATUS })
})
