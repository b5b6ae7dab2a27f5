import { describe, expect, jest, test } from '@jest/globals'
import { Batcher, type Verdict } from '../../src/domain/ledger/batcher'
import { Gate } from '../support/gate'

type Batch = Array<{ item: number; attempt: number }>
const done = (answer: number): Verdict<number> => ({ done: true, answer })
const error = (code: string) => Object.assign(new Error(code), { code })

function batcher(run: (items: Batch) => Promise<Array<Verdict<number>>>, keep = false) {
  const batches: number[][] = []
  const made = new Batcher<number, number>({
    run: (items) => {
      batches.push(items.map(({ item }) => item))
      return run(items)
    },
    group: (item) => item >= 1000,
    onAway: () => keep,
  })
  return { made, batches }
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('the batcher', () => {
  test('sends what arrives together in one batch, and one batch at a time', async () => {
    let inFlight = 0
    const [database, sent] = [new Gate(), new Gate()]
    database.shut()
    sent.shut()
    const { made, batches } = batcher(async (items) => {
      inFlight += 1
      expect(inFlight).toBe(1)
      sent.open()
      await database.passed()
      inFlight -= 1
      return items.map(({ item }) => done(item * 2))
    })
    const first = Promise.all(range(3).map((item) => made.add(item)))
    await sent.passed()
    const rest = Promise.all(range(300).map((item) => made.add(item)))
    database.open()
    expect(await first).toEqual([0, 2, 4])
    expect(await rest).toEqual(range(300).map((item) => item * 2))
    expect(batches.map(({ length }) => length)).toEqual([3, 256, 44])
  })

  test('sends at once who comes alone, as the one before did; what comes beside it waits for the next batch', async () => {
    const { made, batches } = batcher(async (items) => items.map(({ item }) => done(item)))
    await made.add(1)
    await new Promise(setImmediate)
    const alone = made.add(2)
    expect(batches).toEqual([[1], [2]])
    const beside = [3, 4].map((item) => made.add(item))
    expect(batches).toHaveLength(2)
    await Promise.all([alone, ...beside])
    await new Promise(setImmediate)
    await Promise.all([5, 6].map((item) => made.add(item)))
    expect(batches).toEqual([[1], [2], [3, 4], [5, 6]])
  })

  test('decides anew what was not decided, before what came later', async () => {
    const { made, batches } = batcher(async (items) =>
      items.map(({ item, attempt }) => (item % 2 === 1 && attempt === 0 ? { done: false } : done(attempt))),
    )
    expect(await Promise.all(range(4).map((item) => made.add(item)))).toEqual([0, 1, 0, 1])
    expect(batches).toEqual([
      [0, 1, 2, 3],
      [1, 3],
    ])
  })

  test('never mixes groups', async () => {
    const { made, batches } = batcher(async (items) => items.map(({ item }) => done(item)))
    await Promise.all([1, 1000, 1001, 2].map((item) => made.add(item)))
    expect(batches).toEqual([[1], [1000, 1001], [2]])
  })

  test('a bad item fails alone', async () => {
    const { made } = batcher(async (items) => {
      if (items.some(({ item }) => item === 1)) throw error('22P02')
      return items.map(({ item }) => done(item))
    })
    const ended = await Promise.allSettled(range(3).map((item) => made.add(item)))
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  test('a deadlock is tried again as it is', async () => {
    const run = jest.fn<(items: Batch) => Promise<Array<Verdict<number>>>>()
    run
      .mockRejectedValueOnce(error('40P01'))
      .mockImplementation(async (items) => items.map(({ item }) => done(item)))
    const { made, batches } = batcher(run)
    expect(await Promise.all(range(3).map((item) => made.add(item)))).toEqual([0, 1, 2])
    expect(batches.map(({ length }) => length)).toEqual([3, 3])
  })

  test('without the database all fail, or wait until it is back', async () => {
    const away = jest.fn<(items: Batch) => Promise<Array<Verdict<number>>>>()
    away
      .mockRejectedValueOnce(error('57P01'))
      .mockImplementation(async (items) => items.map(({ item }) => done(item)))
    const failing = batcher(away).made
    const ended = await Promise.allSettled(range(2).map((item) => failing.add(item)))
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    away.mockRejectedValueOnce(new Error('connect ECONNREFUSED'))
    const waiting = batcher(away, true).made
    const answers = range(2).map((item) => waiting.add(item))
    expect(await Promise.all(answers)).toEqual([0, 1])
  })
})
