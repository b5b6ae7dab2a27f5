// Guards against a filter of the panel that finds nothing for what is there: a date's "equals" finds the day.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { adminLogin } from '../support/run'
import { answered, openBrowser, type Visit } from './browser'

const url = process.env.HUB_TEST_URL as string
let visit: Visit

beforeAll(async () => {
  visit = await openBrowser(url)
  const sent = { data: adminLogin(), headers: { origin: url } }
  expect((await visit.page.request.post('/api/users/login', sent)).status()).toBe(200)
})
afterAll(() => visit?.close())

it('finds the users of today by their day, also where Payload’s own filter named its noon', async () => {
  const { page } = visit
  const me = await page.request.get(`/api/users?where[email][equals]=${adminLogin().email}`)
  const day = ((await me.json()) as { docs: [{ createdAt: string }] }).docs[0].createdAt.slice(0, 10)
  await page.goto(`/admin/collections/users?where[or][0][and][0][createdAt][equals]=${day}T12:00:00.000Z`)
  const chosen = page.locator('.condition__value input[type=date]')
  await chosen.waitFor()
  await page.waitForURL(
    (at) => decodeURIComponent(at.search).includes(`[equals]=${day}`) && !at.search.includes('T12'),
  )
  await answered(page)
  expect(await chosen.inputValue()).toBe(day)
  await page.locator('tbody').getByText(adminLogin().email).first().waitFor()
  await chosen.fill('2020-01-01')
  await page.locator('.no-results, .collection-list__no-results').first().waitFor()
  await chosen.fill(day)
  await page.locator('tbody').getByText(adminLogin().email).first().waitFor()
})
