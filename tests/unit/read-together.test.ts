import { expect, test } from '@jest/globals'
import type { PayloadRequest } from 'payload'
import { readTogether } from '../../src/platform/payload/read-together'

const QUERY = 'select id, n from things where id = any ($1)'

/** A request whose database answers how often it was asked before. */
function request() {
  const asked: string[][] = []
  const query = async (_text: string, [ids]: [string[]]) => {
    asked.push([...ids])
    return { rows: ids.map((id) => ({ id, n: asked.length })) }
  }
  const req = { context: {}, payload: { db: { sessions: {}, pool: { query } } } } as unknown as PayloadRequest
  const read = (id: string, text = QUERY) => readTogether<{ id: string; n: number }>(req, text, id)
  return { asked, read }
}

// A list of a hundred documents with four such fields would be four hundred statements.
test('the fields of all documents of a list are read by one statement', async () => {
  const { asked, read } = request()
  const rows = await Promise.all(['a', 'b', 'c', 'a'].map((id) => read(id)))
  expect(rows.map((row) => row?.id)).toEqual(['a', 'b', 'c', 'a'])
  expect(asked).toEqual([['a', 'b', 'c', 'a']])
})

// A request that writes answers what stands after the write, not what was read for it.
test('what is asked for later is read anew', async () => {
  const { asked, read } = request()
  expect((await read('a'))?.n).toBe(1)
  expect((await read('a'))?.n).toBe(2)
  expect(asked).toHaveLength(2)
})

test('another query is no part of it', async () => {
  const { asked, read } = request()
  await Promise.all([read('a'), read('b', `${QUERY} limit 1`)])
  expect(asked).toEqual([['a'], ['b']])
})
