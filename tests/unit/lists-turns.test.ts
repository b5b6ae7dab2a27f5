import { expect, test } from '@jest/globals'
import { rowsAsked } from '../../src/platform/payload/lists/rows'
import { Turns } from '../../src/platform/payload/lists/turns'

// Many large lists at once: they keep the process busy together, and one caller's queue holds up everybody.

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('lists run together up to the capacity, and in order after it', async () => {
  const turns = new Turns(100)
  const started: string[] = []
  const take = async (name: string, rows: number) => {
    const end = await turns.take('one', rows)
    started.push(name)
    return end
  }
  const first = await take('a', 60)
  const second = await take('b', 40)
  const third = take('c', 1_000)
  const fourth = take('d', 10)
  await settled()
  expect(started).toEqual(['a', 'b'])
  first()
  await settled()
  expect(started).toEqual(['a', 'b'])
  second()
  const end = await third
  await settled()
  expect(started).toEqual(['a', 'b', 'c'])
  end()
  end()
  await fourth
  expect(started).toEqual(['a', 'b', 'c', 'd'])
})

test('a caller waits for one turn of each other caller, not for all of them', async () => {
  const turns = new Turns(100)
  const started: string[] = []
  const first = await turns.take('greedy', 100)
  const all = ['greedy', 'greedy', 'greedy', 'greedy', 'other'].map(async (caller) => {
    const end = await turns.take(caller, 100)
    started.push(caller)
    end()
  })
  first()
  await Promise.all(all)
  expect(started.indexOf('other')).toBeLessThanOrEqual(1)
})

test('a queue without end is refused', async () => {
  const turns = new Turns(10)
  await turns.take('greedy', 10)
  for (let at = 0; at < 50; at += 1) void turns.take('greedy', 10)
  await expect(turns.take('greedy', 10)).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  const other = turns.take('other', 10)
  await settled()
  void other
})

test.each([
  [{}, 10, false],
  [{ limit: null }, 10, false],
  [{ limit: '' }, 10, false],
  [{ limit: 7, pagination: false }, 7, false],
  [{ pagination: false }, 1_000, true],
  [{ pagination: null }, 1_000, true],
  [{ limit: 0 }, 1_000, true],
  [{ limit: 1_001 }, 1_000, true],
])('the rows of %j', (asked, rows, isMaximum) => {
  expect(rowsAsked(asked)).toEqual({ rows, isMaximum })
})
