import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import { removeDemo, seedDemo } from '../../demo/demo'
import { adminLogin } from '../support/run'
import { openBrowser, type Visit } from './browser'
import { faults } from './look'

const url = process.env.HUB_TEST_URL as string
let visit: Visit
let database: pg.Pool

/** Half a day away from UTC: a time that is shown by the clock of the browser is another one, mostly of another day. */
const FAR_AWAY = 'Pacific/Auckland'

beforeAll(async () => {
  database = new pg.Pool({ connectionString: process.env.HUB_TEST_HUB_DATABASE_URL, max: 2 })
  await seedDemo(database, new Date())
  visit = await openBrowser(url, FAR_AWAY)
  const answer = await visit.page.request.post('/api/users/login', {
    data: adminLogin(),
    headers: { origin: url },
  })
  expect(answer.status()).toBe(200)
})
afterAll(async () => {
  await visit?.close()
  if (database) await removeDemo(database)
  await database?.end()
})

const one = async (query: string) => (await database.query<{ id: string; at: Date }>(query)).rows[0]
const minute = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
const second = (at: Date) => `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`

it.each([
  [
    'usage-logs',
    `select id, created_at as at from usage_logs where status = 'success' order by id desc limit 1`,
  ],
  ['audit-logs', 'select id, at from audit_logs order by id desc limit 1'],
  ['refusals', 'select id, at from refusals order by id desc limit 1'],
  ['alerts', 'select id, at from alerts order by id desc limit 1'],
  ['subscriptions', 'select id, period_end as at from subscriptions order by id limit 1'],
])('a list of %s says its times in UTC, wherever its reader lives', async (collection, query) => {
  const { page } = visit
  const row = await one(query)
  await page.goto(`/admin/collections/${collection}?where[or][0][and][0][id][equals]=${row?.id}`)
  await page
    .locator('tbody tr')
    .getByText(minute(row?.at as Date))
    .first()
    .waitFor()
})

it.each([
  ['audit-logs', 'select id, at from audit_logs order by id desc limit 1'],
  ['subscriptions', 'select id, period_end as at from subscriptions order by id limit 1'],
])('and so does one of %s, to the second', async (collection, query) => {
  const { page } = visit
  const row = await one(query)
  await page.goto(`/admin/collections/${collection}/${row?.id}`)
  await page.locator('form[data-form-ready="true"]').first().waitFor()
  await page
    .locator('time')
    .getByText(second(row?.at as Date))
    .first()
    .waitFor()
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 })
    expect(await faults(page, ['.hub-own'])).toEqual([])
    const edges = await page
      .locator('.hub-own')
      .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().right))
    expect(Math.max(...edges)).toBeLessThanOrEqual(width)
  }
  await page.setViewportSize({ width: 1280, height: 900 })
})

it("the hub's own views name UTC beside days, and a picker the zone of the browser", async () => {
  const { page } = visit
  await page.goto('/admin?range=7d')
  await page.getByText('by day (UTC) and tool').first().waitFor()
  const { rows } = await database.query('select user_id as id from api_keys where active limit 1')
  await page.goto(`/admin/collections/users/${rows[0].id}/overview`)
  await page.getByText(/since \d{4}-\d\d-\d\d \(UTC\)/).waitFor()
  await page.goto('/admin/collections/api-keys/create')
  await page.getByText('In the time zone of your browser.').waitFor()
  expect(visit.problems).toEqual([])
})
