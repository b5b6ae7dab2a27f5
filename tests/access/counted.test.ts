/**
 * Protects against bounds on the number of documents that writes at the same moment pass together, and against writes
 * whose hooks see less of a document than they go by.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type pg from 'pg'
import sharp from 'sharp'
import { newPlan } from '../support/catalogue'
import { newUser } from '../support/people'
import { until } from '../support/until'
import { ask, type Cast, castOfCallers, hubDatabase } from './callers'

let db: pg.Pool
let cast: Cast

beforeAll(async () => {
  db = hubDatabase()
  cast = await castOfCallers()
})
afterAll(() => db.end())

test('images of one user, uploaded at once', async () => {
  const person = await newUser()
  await db.query(
    `insert into media (id, owner_id, filename, updated_at, created_at)
     select gen_random_uuid(), $1, gen_random_uuid() || '.png', now(), now() from generate_series(1, 98)`,
    [person.id],
  )
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#3366cc' } })
    .png()
    .toBuffer()
  const upload = (at: number) => {
    const body = new FormData()
    body.set('file', new Blob([new Uint8Array(png)], { type: 'image/png' }), `${person.id}-${at}.png`)
    return ask('POST', '/api/media', { token: person.token, body })
  }
  const answers = await Promise.all([1, 2, 3, 4, 5].map(upload))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409])
})

test('a plan that is deleted while it becomes the plan of new users', async () => {
  const { rows } = await db.query<{ id: string }>('select id from plans where name = $1', [
    await newPlan(1_000),
  ])
  const id = rows[0]?.id as string
  const before = await db.query<{ plan: string | null }>('select default_plan_id as plan from settings')
  const chosen = await db.connect()
  try {
    await chosen.query('begin')
    await chosen.query('update settings set default_plan_id = $1', [id])
    const gone = ask('DELETE', `/api/plans/${id}`, { headers: cast.headers.admin })
    await until('a deletion that waits for the row of its plan', isBlocked)
    await chosen.query('commit')
    expect((await gone).status).toBe(409)
  } finally {
    chosen.release()
    await db.query('update settings set default_plan_id = $1', [before.rows[0]?.plan])
  }

  async function isBlocked(): Promise<boolean> {
    const found = await db.query(
      `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%from plans where id%for update%'`,
    )
    return found.rows.length > 0
  }
})

test('a change is on record whole, whichever fields its caller asks for', async () => {
  const person = await newUser()
  const path = `/api/users/${person.id}?select[createdAt]=true&depth=0`
  const changed = await ask('PATCH', path, {
    headers: cast.headers.admin,
    body: { disabled: true, name: 'Ann Other' },
  })
  expect(changed.status).toBe(200)
  const { rows } = await db.query<{ changes: Record<string, unknown> }>(
    `select changes from audit_logs where subject_id = $1 and action = 'update' order by id desc limit 1`,
    [person.id],
  )
  expect(Object.keys(rows[0]?.changes ?? {}).sort()).toEqual(['disabled', 'name'])
})
