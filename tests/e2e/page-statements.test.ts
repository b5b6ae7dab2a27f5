import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import { removeDemo, seedDemo } from '../../demo/demo'
import { adminLogin } from '../support/run'
import { answered, openBrowser, type Visit } from './browser'
import { panelPages } from './pages'
import { countStatements } from './statements'

const url = process.env.HUB_TEST_URL as string
const MOST_STATEMENTS = 25
const PAGES_AT_LEAST = 50

let visit: Visit
let database: pg.Pool
const made = { media: randomUUID(), alert: randomUUID() }

beforeAll(async () => {
  database = new pg.Pool({ connectionString: process.env.HUB_TEST_HUB_DATABASE_URL, max: 4 })
  await seedDemo(database, new Date())
  await database.query(
    `insert into media (id, alt, filename, mime_type, filesize, width, height)
     values ($1, 'A dot', 'statements-dot.png', 'image/png', 95, 1, 1)`,
    [made.media],
  )
  await database.query(
    `insert into alerts (id, at, kind, key, title, data, last_seen_at, state)
     values ($1::uuid, now(), 'usage-80', ($1::uuid)::text, 'Somebody has used 80 %', '{"used": 850, "limit": 1000}', now(), 'closed')`,
    [made.alert],
  )
  visit = await openBrowser(url)
  const answer = await visit.page.request.post('/api/users/login', {
    data: adminLogin(),
    headers: { origin: url },
  })
  expect(answer.status()).toBe(200)
})

afterAll(async () => {
  await visit?.close()
  await database.query('delete from alerts where id = $1', [made.alert])
  await database.query('delete from media where id = $1', [made.media])
  await removeDemo(database)
  await database.end()
})

it(`reads every page of the panel by at most ${MOST_STATEMENTS} statements`, async () => {
  const pages = await panelPages(database)
  expect(pages.length).toBeGreaterThanOrEqual(PAGES_AT_LEAST)
  const tooMany: Record<string, string[]> = {}
  for (const { name, path, ready } of pages) {
    const { statements, texts } = await countStatements(
      database,
      async () => {
        const response = await visit.page.goto(path)
        expect([name, response?.status()]).toEqual([name, 200])
        await visit.page.locator(ready).first().waitFor()
        await answered(visit.page)
      },
      MOST_STATEMENTS,
    )
    expect(statements).toBeGreaterThan(0)
    if (statements > MOST_STATEMENTS) tooMany[name] = texts
  }
  expect(tooMany).toEqual({})
}, 900_000)
