/**
 * Protects against a bulk deletion whose documents share one request and one transaction: each is deleted as if it were
 * named alone, and one that is refused keeps no other.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import { newPlan, newTool } from '../support/catalogue'
import { ask, type Cast, castOfCallers, hubDatabase } from './callers'

let db: pg.Pool
let cast: Cast

beforeAll(async () => {
  db = hubDatabase()
  cast = await castOfCallers()
})
afterAll(() => db.end())

type Gone = { docs: { id: string }[]; errors: { id: string; message: string }[] }

async function remove(path: string, caller: keyof Cast['headers'] = 'admin') {
  const { status, body } = await ask('DELETE', `/api/${path}`, { headers: cast.headers[caller] })
  return { status, ...(body as Gone) }
}

describe('a deletion by a filter', () => {
  test('deletes what it names, each on record, and tells which', async () => {
    const tools = [await newTool('http://127.0.0.1:9/a'), await newTool('http://127.0.0.1:9/b')]
    const ids = tools.map(({ id }) => id).sort()
    const gone = await remove(`tools?where[id][in]=${ids.join(',')}`)
    expect([gone.status, gone.docs.map(({ id }) => id).sort(), gone.errors]).toEqual([200, ids, []])
    const { rows } = await db.query(
      `select subject_id from audit_logs where action = 'delete' and subject_id = any ($1)`,
      [ids],
    )
    expect(rows).toHaveLength(2)
  })

  test('keeps to what the caller may delete, needs a filter, and is off for plans', async () => {
    const key = (await ask('POST', '/api/api-keys', { headers: cast.headers.owner, body: { name: 'mine' } }))
      .body as { doc: { id: string } }
    expect(await remove(`api-keys?where[id][equals]=${key.doc.id}`, 'other')).toMatchObject({
      status: 200,
      docs: [],
    })
    expect(await remove(`api-keys?where[id][equals]=${key.doc.id}`, 'owner')).toMatchObject({
      status: 200,
      docs: [{ id: key.doc.id }],
    })
    expect((await remove('tools?where[isActive][equals]=true', 'owner')).status).toBe(403)
    expect((await remove('tools')).status).toBe(400)
    const plan = await newPlan(1_000)
    expect((await remove(`plans?where[name][equals]=${plan}`)).status).toBe(403)
  })
})
