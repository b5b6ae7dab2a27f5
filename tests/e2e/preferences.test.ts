/** Protects the panel against stored preferences that its pages would fail on: each page opens with its default. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type pg from 'pg'
import { hubDatabase } from '../access/callers'
import { adminLogin, hubUrl } from '../support/run'

let db: pg.Pool
let cookie: string

beforeAll(async () => {
  db = hubDatabase()
  const answer = await fetch(`${hubUrl()}/api/users/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: hubUrl() },
    body: JSON.stringify(adminLogin()),
  })
  cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
})
afterAll(async () => {
  await db.query(`delete from payload_preferences where key = any ($1)`, [KEYS])
  await db.end()
})

const BROKEN = [
  { layouts: [null] },
  { layouts: 'x' },
  { layouts: [{ id: 5 }] },
  { columns: 'name', limit: 'many', sort: 'nope', groupBy: 'nope', preset: {}, groups: null, fields: [null] },
  { columns: [null, { accessor: {} }], limit: -1, sort: {}, groups: { People: null }, open: [] },
  null,
  [null],
  'text',
]
const KEYS = ['dashboard-layout', 'nav', 'collection-tools', 'collection-users', 'global-settings']
const PAGES = ['/admin', '/admin/collections/tools', '/admin/collections/users', '/admin/globals/settings']

test.each(BROKEN)('every page opens: %j', async (value) => {
  await db.query(`delete from payload_preferences where key = any ($1)`, [KEYS])
  await db.query(
    `with made as (
       insert into payload_preferences (id, key, value)
       select gen_random_uuid(), key, $2::jsonb from unnest($1::text[]) key returning id
     )
     insert into payload_preferences_rels (parent_id, path, users_id)
     select made.id, 'user', u.id from made, users u where u.email = $3`,
    [KEYS, JSON.stringify(value), adminLogin().email],
  )
  for (const page of PAGES) {
    const answer = await fetch(`${hubUrl()}${page}`, { headers: { cookie }, redirect: 'manual' })
    const text = await answer.text()
    expect([page, answer.status]).toEqual([page, 200])
    expect([page, /"digest"|Application error|NEXT_NOT_FOUND/.test(text)]).toEqual([page, false])
  }
})
