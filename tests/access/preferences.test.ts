/**
 * Protects against preferences as a way in: too many, too large, written by an API key, or of a shape that breaks the
 * page that reads them.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import { newKey, newUser, type Person } from '../support/people'
import { ask, hubDatabase } from './callers'
import { graphql } from './hub-operations'

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

  test('in size together: a list of them is answered as a whole', async () => {
    const other = await newUser()
    const token = other.token
    const write = (key: string, value: string) =>
      ask('POST', `/api/payload-preferences/${key}`, { token, body: { value } })
    for (let at = 0; at < 8; at += 1) expect((await write(`part-${at}`, 'x'.repeat(65_000))).status).toBe(200)
    const more = await write('more', 'x'.repeat(10_000))
    expect([more.status, more.text]).toEqual([400, expect.stringContaining('524288 bytes')])
    const list = await ask('GET', '/api/payload-preferences?limit=1', { token })
    const [{ id }] = (list.body as { docs: [{ id: string }] }).docs
    expect((await write('part-0', 'small')).status).toBe(200)
    expect((await write('more', 'x'.repeat(60_000))).status).toBe(200)
    const grown = await ask('PATCH', `/api/payload-preferences/${id}`, {
      token,
      body: { value: 'x'.repeat(1_000) },
    })
    expect(grown.status).toBe(200)
    expect((await write('extra', 'x'.repeat(60_000))).status).toBe(200)
    const small = (await ask('GET', '/api/payload-preferences/part-0', { token })).body as { id: string }
    const over = { value: 'x'.repeat(60_000) }
    expect((await ask('PATCH', `/api/payload-preferences/${small.id}`, { token, body: over })).status).toBe(
      400,
    )
  })

  test('in number; one that is there can still be changed', async () => {
    expect((await put('kept', 1)).status).toBe(200)
    await fill(person.id, 500)
    const more = await put('one-more', 1)
    expect([more.status, more.text]).toEqual([400, expect.stringContaining('500 preferences')])
    expect((await put('kept', 2)).status).toBe(200)
  })

  test('in number also when many are written at once', async () => {
    const other = await newUser()
    await fill(other.id, 497)
    const keys = Array.from({ length: 12 }, (_, at) => `at-once-${at}`)
    const answers = await Promise.all(
      keys.map((key) =>
        ask('POST', `/api/payload-preferences/${key}`, { token: other.token, body: { value: 1 } }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3)
    const { rows } = await db.query<{ kept: number }>(
      'select count(*)::int as kept from payload_preferences_rels where users_id = $1',
      [other.id],
    )
    expect(rows[0]?.kept).toBe(500)
  })
})

/** Somebody has this many preferences more. */
function fill(userId: string, many: number) {
  return db.query(
    `with made as (
       insert into payload_preferences (id, key, value)
       select gen_random_uuid(), 'filler-' || n, '1' from generate_series(1, ${many}) n returning id
     )
     insert into payload_preferences_rels (parent_id, path, users_id) select id, 'user', $1 from made`,
    [userId],
  )
}

describe('an API key', () => {
  test('writes, changes and deletes no preference', async () => {
    const owner = await newUser()
    const headers = { 'x-api-key': (await newKey(owner)).key }
    const mine = { token: owner.token, body: { value: { open: true } } }
    expect((await ask('POST', '/api/payload-preferences/nav', mine)).status).toBe(200)
    const { rows } = await db.query<{ id: string }>(
      'select parent_id as id from payload_preferences_rels where users_id = $1',
      [owner.id],
    )
    const id = rows[0]?.id as string
    const user = { relationTo: 'users', value: owner.id }
    const data = { key: 'nav', value: { layouts: [null] }, user }
    const base = '/api/payload-preferences'
    const sent = { headers, body: data }
    for (const [method, path] of [
      ['POST', '/nav'],
      ['POST', ''],
      ['PATCH', `/${id}`],
      ['PATCH', '?where[key][equals]=nav'],
      ['DELETE', '/nav'],
      ['DELETE', `/${id}`],
      ['DELETE', '?where[key][equals]=nav'],
    ] as const) {
      const answer = await ask(method, `${base}${path}`, method === 'DELETE' ? { headers } : sent)
      expect([method, path, answer.status]).toEqual([method, path, 403])
    }
    const mutations: [string, object][] = [
      [
        'mutation($data: mutationPayloadPreferenceInput!) { createPayloadPreference(data: $data) { id } }',
        { data },
      ],
      [
        'mutation($id: String!, $data: mutationPayloadPreferenceUpdateInput!) { updatePayloadPreference(id: $id, data: $data) { id } }',
        { id, data: { value: [null] } },
      ],
      ['mutation($id: String!) { deletePayloadPreference(id: $id) { id } }', { id }],
    ]
    for (const [query, variables] of mutations) {
      const { error } = await graphql(query, variables as Record<string, unknown>, headers)
      expect([query, error?.extensions.statusCode]).toEqual([query, 403])
    }
    const stored = await db.query('select value from payload_preferences where id = $1', [id])
    expect(stored.rows).toEqual([{ value: { open: true } }])
  })
})
