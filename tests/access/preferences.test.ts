import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import { newUser, type Person } from '../support/people'
import { ask, hubDatabase } from './callers'

let db: pg.Pool
let person: Person

beforeAll(async () => {
  db = hubDatabase()
  person = await newUser()
})

afterAll(() => db.end())

const put = (key: string, value: unknown) =>
  ask('POST', `/api/payload-preferences/${key}`, { token: person.token, body: { value } })

/** Whoever is signed in may keep preferences; without a bound they could fill the database. */
describe('preferences are bounded', () => {
  test('in size, through the keyed path and as documents', async () => {
    expect((await put('small', 'x'.repeat(1_000))).status).toBe(200)
    const large = await put('large', 'x'.repeat(70_000))
    expect(large.status).toBe(400)
    expect(large.text).toContain('65536 bytes')
    const body = { key: 'large', value: 'x'.repeat(70_000), user: { relationTo: 'users', value: person.id } }
    const made = await ask('POST', '/api/payload-preferences', { token: person.token, body })
    expect(made.status).toBe(400)
  })

  test('in number; one that is there can still be changed', async () => {
    expect((await put('kept', 1)).status).toBe(200)
    await db.query(
      `with made as (
         insert into payload_preferences (id, key, value)
         select gen_random_uuid(), 'filler-' || n, '1' from generate_series(1, 500) n returning id
       )
       insert into payload_preferences_rels (parent_id, path, users_id) select id, 'user', $1 from made`,
      [person.id],
    )
    const more = await put('one-more', 1)
    expect([more.status, more.text]).toEqual([400, expect.stringContaining('500 preferences')])
    expect((await put('kept', 2)).status).toBe(200)
  })
})
