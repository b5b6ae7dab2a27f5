import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { newAdminSession } from '../support/people'
import { until } from '../support/until'
import { openBrowser, type Visit } from './browser'

// A script that was brought into a page of the panel: it must not run. And bounds that the panel itself runs into.

const url = process.env.HUB_TEST_URL as string
const KEYS = 12
let visit: Visit
let token: string

beforeAll(async () => {
  visit = await openBrowser(url)
  token = (await newAdminSession()).token
})

afterAll(() => visit?.close())

const policyOf = async (path: string) =>
  (await fetch(`${url}${path}`)).headers.get('content-security-policy') ?? ''

it('names a nonce that each request draws anew', async () => {
  const [one, other] = [await policyOf('/admin/login'), await policyOf('/admin/login')]
  expect(one).toMatch(/script-src 'self' 'nonce-[\w+/=]{24}' 'strict-dynamic'/)
  for (const part of ["object-src 'none'", "base-uri 'self'", "frame-ancestors 'none'", "form-action 'self'"])
    expect(one).toContain(part)
  expect(one).not.toBe(other)
})

it("does not take a caller's own policy", async () => {
  const headers = { 'content-security-policy': "script-src 'nonce-AAAA'" }
  const page = await (await fetch(`${url}/admin/login`, { headers })).text()
  expect(page).toContain('nonce="')
  expect(page).not.toContain('AAAA')
})

it('lets the pages of the panel work, and no script that is brought in', async () => {
  const { page, problems } = visit
  await page.goto('/admin/login')
  await page.fill('#field-email', process.env.HUB_TEST_ADMIN_EMAIL as string)
  await page.fill('#field-password', process.env.HUB_TEST_ADMIN_PASSWORD as string)
  await page.click('.login__form button[type=submit]')
  await page.waitForURL(/\/admin$/)
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    for (const path of ['', '/collections/users', '/collections/tools', '/globals/settings', '/account']) {
      await page.goto(`/admin${path}`)
      await page.locator('h1, .doc-header, .dashboard').first().waitFor()
    }
  }
  expect(problems).toEqual([])
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<img src="/none" onerror="window.broughtIn = true">')
  })
  await until('the report of the handler', () => problems.some((one) => one.includes('inline event handler')))
  expect(await page.evaluate(() => 'broughtIn' in window)).toBe(false)
})

it('deletes all documents of a selection that is longer than its page', async () => {
  const authorization = `Bearer ${token}`
  const name = `bulk-${Date.now()}`
  for (let at = 0; at < KEYS; at += 1)
    await fetch(`${url}/api/api-keys`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ name: `${name}-${at}` }),
    })
  const { page } = visit
  await page.goto(`/admin/collections/api-keys?limit=10&where[name][like]=${name}`)
  await page.locator('thead input[type=checkbox]').first().click()
  await page.locator('#select-all-across-pages', { hasText: `(${KEYS})` }).click()
  await page.locator('.delete-documents__toggle').click()
  await page.locator('#confirm-action').click()
  const left = () => fetch(`${url}/api/api-keys?where[name][like]=${name}`, { headers: { authorization } })
  await until('all of them are gone', async () => (await (await left()).json()).totalDocs === 0)
})
