import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type pg from 'pg'
import { insertRefusals } from '../../src/domain/refusals/keep-refusal'
import type { KeptRefusal } from '../../src/domain/refusals/refusal'
import { hubDatabase } from '../access/callers'

let db: pg.Pool

beforeAll(() => {
  db = hubDatabase()
})

afterAll(() => db.end())

function aRefusal(more: Partial<KeptRefusal> = {}): KeptRefusal {
  return {
    userId: null,
    reason: 'a-test',
    layer: 'input',
    code: 'VALIDATION_ERROR',
    message: 'No.',
    requestId: randomUUID(),
    toolId: null,
    toolName: null,
    figures: {},
    at: new Date(),
    leftOut: 0,
    ...more,
  }
}

const kept = async (rows: KeptRefusal[]) => {
  const ids = rows.map(({ requestId }) => requestId)
  const found = await db.query('select message from refusals where request_id = any ($1) order by message', [
    ids,
  ])
  return found.rows.map(({ message }) => message)
}

/** Whoever is refused says in part what the row holds: it must not keep out the refusals of all others. */
test('one that cannot be stored does not keep the others out', async () => {
  const rows = [aRefusal({ message: 'a' }), aRefusal({ toolId: 'no uuid' }), aRefusal({ message: 'b' })]
  await insertRefusals(db, rows)
  expect(await kept(rows)).toEqual(['a', 'b'])
})

test('text that PostgreSQL does not store is kept without it', async () => {
  const rows = [aRefusal({ message: 'x\0y\ud800z', figures: { field: 'a\0' } })]
  await insertRefusals(db, rows)
  expect(await kept(rows)).toEqual(['x\ufffdy\ufffdz'])
})
