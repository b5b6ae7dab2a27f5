import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import type { Page } from 'playwright-core'
import { until } from '../support/until'
import { openBrowser, type Visit } from './browser'
import { faults, LOOKS, overflow } from './look'

const url = process.env.HUB_TEST_URL as string
const admin = {
  email: process.env.HUB_TEST_ADMIN_EMAIL as string,
  password: process.env.HUB_TEST_ADMIN_PASSWORD as string,
}
const SCREENSHOTS = join('tests', 'e2e', 'screenshots')
const person = {
  name: 'Refused Person',
  email: `refused-${Date.now()}@example.com`,
  password: 'Correct-horse-1',
}

let visit: Visit
let page: Page
let db: pg.Pool
let personId: string

const api = async (path: string, body: object, token?: string) => {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-forwarded-for': '198.18.0.77',
  }
  if (token) headers.authorization = `Bearer ${token}`
  const answer = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return ((await answer.json()) as { data: Record<string, string> | null }).data
}

beforeAll(async () => {
  await mkdir(SCREENSHOTS, { recursive: true })
  db = new pg.Pool({ connectionString: process.env.HUB_TEST_HUB_DATABASE_URL })
  personId = (await api('/auth/register', person))?.id as string
  const token = (await api('/auth/login', { email: person.email, password: person.password }))?.access_token
  await api('/tools/count-tokens/invoke', { input: { text: 'no plan, no call' } }, token)
  await untilKept()
  await db.query(
    `insert into alerts (id, at, kind, key, user_id, title, data, last_seen_at, state)
     values ('0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01', now(), 'usage-80', 'e2e', $1, 'Somebody has used 80 %',
       '{"used": 850, "limit": 1000}', now(), 'waiting')`,
    [personId],
  )
  await db.query(
    `insert into alert_deliveries (id, alert_id, channel, recipient, created_at, attempts, next_attempt_at, last_error)
     values (gen_random_uuid(), '0198c5a2-6c1e-7b3a-9d2f-3f1c5e7a9b01', 'webhook', 'webhook', now(), 2,
       now() + interval '1 hour', 'HTTP 500')`,
  )
  visit = await openBrowser(url)
  page = visit.page
  await openForm('/admin/login')
  await page.fill('#field-email', admin.email)
  await page.fill('#field-password', admin.password)
  await page.click('.login__form button[type=submit]')
  await page.waitForURL(/\/admin$/)
})
afterAll(async () => {
  await visit?.close()
  await db.query(`delete from alerts where key = 'e2e'`)
  await db.end()
})

/** Refusals are written by a timer. */
async function untilKept(): Promise<void> {
  const look = async () =>
    (await db.query('select reason from refusals where user_id = $1', [personId])).rows[0]
  expect(await until('the refusal that is kept', look)).toEqual({ reason: 'no-subscription' })
}

/** Opens a row of the list that is shown: the newest stands first. */
async function openRow(collection: string, which: 'first' | 'last' = 'first'): Promise<void> {
  await page.locator('tbody tr a')[which]().click()
  await page.waitForURL(new RegExp(`/admin/collections/${collection}/[0-9a-f-]{36}`))
}

async function openForm(path: string): Promise<void> {
  await page.goto(path)
  await page.locator('form[data-form-ready="true"]').first().waitFor()
}

/** The hub's own parts of a list and of a document. */
const OWN = ['.hub-card', '.hub-view', '.hub-own']

/**
 * A picture of the page at both widths and in both themes; each without fault, and nothing wider than the screen. Some
 * pages are Payload's alone: of those `parts` is null.
 */
async function shots(name: string, parts: readonly string[] | null = OWN): Promise<void> {
  for (const { theme, width } of LOOKS) {
    await page.evaluate((chosen) => document.documentElement.setAttribute('data-theme', chosen), theme)
    await page.setViewportSize({ width, height: 900 })
    await page.screenshot({ path: join(SCREENSHOTS, `${name}-${theme}-${width}.png`), fullPage: true })
    if (parts) expect([name, theme, width, await faults(page, parts)]).toEqual([name, theme, width, []])
    expect([name, width, await overflow(page)]).toEqual([name, width, 0])
  }
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.evaluate(() => document.documentElement.setAttribute('data-theme', 'light'))
  expect(visit.problems).toEqual([])
}

describe('settings', () => {
  it('are saved, a secret is made and never shown again, and the name is seen', async () => {
    await openForm('/admin/globals/settings')
    await page.locator('main').getByRole('button', { name: 'Hub', exact: true }).click()
    await shots('settings', null)
    await page.fill('#field-hubName', 'Ada & Co')
    await page.locator('main').getByRole('button', { name: 'Alerts', exact: true }).click()
    await page.fill('#field-webhookUrl', 'https://hooks.example.com/hub')
    await page.getByRole('button', { name: 'Make a secret' }).click()
    const secret = await until('the secret', () => page.inputValue('#field-webhookSecret'))
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    await shots('settings-alerts')
    await page.click('#action-save')
    await page.getByText('Updated successfully.').first().waitFor()
    await openForm('/admin/globals/settings')
    await page.locator('main').getByRole('button', { name: 'Hub', exact: true }).click()
    expect(await page.inputValue('#field-hubName')).toBe('Ada & Co')
    expect(await page.title()).toContain('Ada & Co')
    expect(await page.content()).not.toContain(secret)
    await page.locator('main').getByRole('button', { name: 'Alerts', exact: true }).click()
    expect(await page.inputValue('#field-webhookSecret')).toBe('')
    expect(await page.isChecked('#field-webhookSecretSet')).toBe(true)
    await page.fill('#field-webhookUrl', '')
    await page.locator('main').getByRole('button', { name: 'Hub', exact: true }).click()
    await page.fill('#field-hubName', 'Joyfull UI Hub')
    await page.click('#action-save')
    await page.getByText('Updated successfully.').first().waitFor()
  })
})

describe('a user’s page', () => {
  it('leads to why their call was refused', async () => {
    await openForm(`/admin/collections/users/${personId}`)
    await page.getByRole('link', { name: 'Refused calls' }).click()
    await page.waitForURL(/collections\/refusals/)
    await page.locator('tbody tr a').first().waitFor()
    await shots('refusals', null)
    expect(await page.locator('tbody').innerText()).toContain('no-subscription')
    await openRow('refusals')
    await page.getByText('hold asked').waitFor()
    await shots('refusal')
  })

  it('leads to their alerts, and those to who was told', async () => {
    await openForm(`/admin/collections/users/${personId}`)
    await page.getByRole('link', { name: 'Alerts', exact: true }).last().click()
    await page.getByText('Somebody has used 80 %').first().waitFor()
    await shots('alerts', null)
    await openRow('alerts')
    await page.getByText('HTTP 500').waitFor()
    await shots('alert')
  })
})

describe('the audit log', () => {
  it('shows what was saved, with the difference, and no secret', async () => {
    await page.goto('/admin/collections/audit-logs?where[or][0][and][0][subject][equals]=settings')
    await page.getByText('hubName').first().waitFor()
    await shots('audit-logs')
    await openRow('audit-logs', 'last')
    const changes = page.getByRole('table', { name: 'What changed' })
    await changes.waitFor()
    const table = await changes.innerText()
    expect(table).toContain('Ada & Co')
    expect(table).toContain('[hidden]')
    expect(table).not.toContain('whsec_')
    await shots('audit-log')
  })

  it('is searched by a whole email address, and exported as it is shown', async () => {
    await page.goto(`/admin/collections/audit-logs?search=${person.email}`)
    const link = page.getByRole('link', { name: 'Export as CSV' })
    await link.waitFor()
    await page.getByRole('cell', { name: 'nobody (sign-up)', exact: true }).waitFor()
    expect(await page.locator('tbody').innerText()).not.toContain('<No')
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    expect(download.suggestedFilename()).toBe('audit-log.csv')
    const stream = await download.createReadStream()
    let text = ''
    for await (const chunk of stream) text += String(chunk)
    const lines = text.trim().split('\r\n')
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines.slice(1)) expect(line).toContain(person.email)
  })
})

it('showed no error in the console and asked no other host', () => {
  expect(visit.problems).toEqual([])
})
