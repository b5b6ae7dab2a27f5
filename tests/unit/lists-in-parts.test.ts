import { expect, test } from '@jest/globals'
import { worksInParts } from '../../src/platform/payload/lists/in-parts'

// A large list that keeps the process busy from its first document to its last: nobody else is answered meanwhile.

const docs = Array.from({ length: 175 }, (_, at) => ({ at }))

test('other work of the process comes between the parts of a list', async () => {
  let turns = 0
  let ended = false
  const turn = () => {
    turns += 1
    if (!ended) setImmediate(turn)
  }
  setImmediate(turn)
  const seen = await Promise.all(worksInParts(docs).map(async (doc) => ({ doc, turns })))
  ended = true
  expect(seen.map(({ doc }) => doc)).toEqual(docs)
  expect(new Set(seen.map((one) => one.turns)).size).toBeGreaterThanOrEqual(3)
})

test('to everybody else it is an array', () => {
  const list = worksInParts(docs)
  expect(Array.isArray(list)).toBe(true)
  expect(list.map((doc) => (doc as { at: number }).at)).toEqual(docs.map(({ at }) => at))
  expect(JSON.stringify(list)).toBe(JSON.stringify(docs))
  expect(list.filter((_, at) => at < 2)).toHaveLength(2)
})

test('what fails in a later part fails as a whole', async () => {
  const work = worksInParts(docs).map(async (_, at) => {
    if (at === 120) throw new Error('late')
  })
  await expect(Promise.all(work)).rejects.toThrow('late')
})

test('a small list stays as it is', () => {
  const small = docs.slice(0, 50)
  expect(worksInParts(small)).toBe(small)
})
