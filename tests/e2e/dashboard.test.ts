import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import type { Page } from 'playwright-core'
import { removeDemo, seedDemo } from '../../src/demo/demo'
import { openBrowser, type Visit } from './browser'
import { countStatements } from './statements'

const url = process.env.HUB_TEST_URL as string
const admin = {
  email: process.env.HUB_TEST_ADMIN_EMAIL as string,
  password: process.env.HUB_TEST_ADMIN_PASSWORD as string,
}
const SCREENSHOTS = join('tests', 'e2e', 'screenshots')
const MOST_STATEMENTS = 25

/** Everybody's look: both themes, a desk and a phone. */
const LOOKS = (['light', 'dark'] as const).flatMap((theme) => [1280, 390].map((width) => ({ theme, width })))

let visit: Visit
let page: Page
let database: pg.Pool
/** A person of the demo who has calls, keys and sessions. */
let userId: string
let planId: string
let callId: string

beforeAll(async () => {
  await mkdir(SCREENSHOTS, { recursive: true })
  database = new pg.Pool({ connectionString: process.env.HUB_TEST_HUB_DATABASE_URL, max: 4 })
  await seedDemo(database, new Date())
  const { rows } = await database.query(
    `select s.user_id, s.plan_id from subscriptions s join plans p on p.id = s.plan_id
     where p.name = 'pro' and s.status = 'active' and exists (select from sessions e where e.user_id = s.user_id)
       and s.user_id in (select id from users where email like '%@demo.invalid') order by s.tokens_used desc limit 1`,
  )
  userId = rows[0].user_id
  planId = rows[0].plan_id
  callId = (await database.query('select usage_id from usage_corrections limit 1')).rows[0].usage_id
  visit = await openBrowser(url)
  page = visit.page
  page.setDefaultTimeout(60_000)
  const answer = await page.request.post('/api/users/login', { data: admin, headers: { origin: url } })
  expect(answer.status()).toBe(200)
})

afterAll(async () => {
  await visit?.close()
  if (database) await removeDemo(database)
  await database?.end()
})

async function look(theme: 'light' | 'dark', width: number): Promise<void> {
  await visit.context.addCookies([{ name: 'payload-theme', value: theme, url }])
  await page.setViewportSize({ width, height: 900 })
}

async function open(path: string): Promise<void> {
  await page.goto(path)
  await page.waitForLoadState('networkidle')
}

const shot = (name: string) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true })

/** What axe finds wrong with the hub's own parts, and seriously so. */
async function faults(): Promise<string[]> {
  const axe = join(dirname(createRequire(import.meta.url).resolve('axe-core/package.json')), 'axe.min.js')
  await page.evaluate(await readFile(axe, 'utf8'))
  return page.evaluate(async () => {
    type Axe = {
      run: (
        context: { include: string[][] },
        options: { resultTypes: string[] },
      ) => Promise<{ violations: Array<{ id: string; impact: string; nodes: Array<{ html: string }> }> }>
    }
    const own = ['.hub-card', '.hub-view', '.hub-tiles'].filter((part) => document.querySelector(part))
    if (own.length === 0) return ['the hub has no part on this page']
    const { axe: checker } = window as unknown as { axe: Axe }
    const { violations } = await checker.run(
      { include: own.map((part) => [part]) },
      { resultTypes: ['violations'] },
    )
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  })
}

/** Nothing of the hub's own is wider than the screen: what does not fit scrolls inside its card. */
const overflow = () =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

const PAGES: Array<{ name: string; path: () => string; shows: string }> = [
  { name: 'dashboard-30d', path: () => '/admin', shows: 'Tokens over time' },
  { name: 'dashboard-24h-by-plan', path: () => '/admin?range=24h&by=plan', shows: 'Failing tools' },
  { name: 'user', path: () => `/admin/collections/users/${userId}/overview`, shows: 'Last invocations' },
  { name: 'usage-list', path: () => '/admin/collections/usage-logs', shows: 'Failed, 24 hours' },
  {
    name: 'usage-row',
    path: () => `/admin/collections/usage-logs/${callId}`,
    shows: 'Where the figures come from',
  },
  { name: 'plan', path: () => `/admin/collections/plans/${planId}`, shows: 'What if these limits' },
]

describe.each(PAGES)('$name', ({ name, path, shows }) => {
  it.each(LOOKS)('is legible and without fault in $theme at $width px', async ({ theme, width }) => {
    await look(theme, width)
    await open(path())
    await page.getByText(shows).first().waitFor()
    await shot(`${name}-${theme}-${width}`)
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe(theme)
    expect(await faults()).toEqual([])
    expect(await overflow()).toBeLessThanOrEqual(0)
  })

  it(`is read by at most ${MOST_STATEMENTS} statements`, async () => {
    await look('light', 1280)
    const { statements, texts } = await countStatements(database, async () => {
      await page.goto(path(), { waitUntil: 'commit' })
      await page.waitForLoadState('load')
    })
    await writeFile(join(SCREENSHOTS, `${name}-statements.txt`), texts.join('\n'))
    expect([statements <= MOST_STATEMENTS, statements, statements > MOST_STATEMENTS ? texts : []]).toEqual([
      true,
      statements,
      [],
    ])
  })
})

describe('the dashboard', () => {
  beforeAll(() => look('light', 1280))

  it('leads from each figure to its list, already filtered', async () => {
    for (const label of ['Invocations', 'Tokens', 'Success rate', 'Duration, p95', 'Tokens held now']) {
      await open('/admin?range=7d')
      await page.getByRole('region', { name: label, exact: true }).getByRole('link').click()
      await page.waitForURL(/\/admin\/collections\/usage-logs\?.*where/)
      await page.locator('.collection-list').first().waitFor()
    }
    await open('/admin?range=7d')
    await page
      .getByRole('region', { name: 'Plans and their fill' })
      .locator('tbody td:nth-child(3) a')
      .first()
      .click()
    await page.waitForURL(/\/admin\/collections\/subscriptions\?.*where/)
    await page.locator('.table tbody tr').first().waitFor()
  })

  it('says in a table what its charts show', async () => {
    await open('/admin?range=7d')
    const table = page.getByRole('region', { name: 'Invocations over time' }).locator('table')
    expect(await table.locator('tbody tr').count()).toBe(7)
  })

  it('takes a range of its own', async () => {
    await open('/admin')
    await page.locator('.hub-own summary').click()
    await page.fill(
      '.hub-own input[name=from]',
      new Date(Date.now() - 9 * 86_400_000).toISOString().slice(0, 10),
    )
    await page.fill(
      '.hub-own input[name=to]',
      new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10),
    )
    await page.click('.hub-own button')
    await page.waitForURL(/range=own/)
    const table = page.getByRole('region', { name: 'Tokens over time' }).locator('table')
    expect(await table.locator('tbody tr').count()).toBe(5)
  })

  it('is honest where nothing was called', async () => {
    await open('/admin?range=own&from=2021-03-01&to=2021-03-09')
    await page.getByText('Nothing was called in this range.').first().waitFor()
    expect(await faults()).toEqual([])
    await shot('dashboard-empty')
  })
})

describe("what is done on a user's page", () => {
  it('is said beforehand, done, and seen afterwards', async () => {
    await look('light', 1280)
    await open(`/admin/collections/users/${userId}/overview`)
    await page.getByRole('button', { name: 'Grant extra tokens' }).click()
    const dialog = page.locator('dialog[open]')
    await dialog.getByLabel('Tokens').fill('2500')
    await dialog.getByLabel('Reason').fill('For the launch')
    await dialog.getByText('Tokens in this period').waitFor()
    await shot('user-grant')
    expect(await faults()).toEqual([])
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText(/\+2,500 tokens until/).waitFor()

    await page.getByRole('button', { name: 'Pause' }).click()
    await dialog.getByLabel('Reason').fill('Looked into')
    await dialog.getByText('refused as ACCOUNT_PAUSED').waitFor()
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText(/Paused since/).waitFor()
    await page.getByRole('button', { name: 'Resume' }).click()
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('button', { name: 'Pause' }).waitFor()

    await page.getByRole('button', { name: 'Change plan' }).click()
    await dialog.getByLabel('Plan').selectOption('enterprise')
    await dialog.getByText('Tokens a period').waitFor()
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('Subscription: Enterprise').waitFor()

    await page.getByRole('button', { name: 'End all sessions' }).click()
    await dialog.getByText('they have to sign in again').waitFor()
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('button', { name: 'End all sessions' }).waitFor({ state: 'detached' })
  })
})

describe('a draft of a plan', () => {
  it('is played on the last 30 days before it is saved', async () => {
    await open(`/admin/collections/plans/${planId}`)
    await page.waitForTimeout(1_000)
    await page.fill('#field-tokenLimit', '3000')
    await page.getByRole('button', { name: 'Play the last 30 days again' }).click()
    await page.getByText('would have been refused').waitFor()
    await shot('plan-what-if')
    expect(await faults()).toEqual([])
  })
})

describe('the usage log', () => {
  it('keeps a filter under a name, and forgets it', async () => {
    await open('/admin/collections/usage-logs?where[or][0][and][0][status][equals]=timeout')
    await page.getByLabel('Name of this filter').fill('Timeouts')
    await page.getByRole('button', { name: 'Save filter' }).click()
    await page.getByRole('link', { name: 'Timeouts', exact: true }).waitFor()
    await open('/admin/collections/usage-logs')
    await page.getByRole('link', { name: 'Timeouts', exact: true }).click()
    await page.waitForURL(/timeout/)
    await page.getByRole('button', { name: 'Forget Timeouts' }).click()
    await page.getByRole('link', { name: 'Timeouts', exact: true }).waitFor({ state: 'detached' })
  })

  it('is exported as it is filtered', async () => {
    await open('/admin/collections/usage-logs?where[or][0][and][0][status][equals]=timeout')
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export as CSV' }).click(),
    ])
    const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n')
    const { rows } = await database.query(
      `select count(*)::int as calls from usage_logs where status = 'timeout'`,
    )
    expect(lines).toHaveLength(rows[0].calls + 1)
  })
})

it('showed no error in the console and asked no other host', () => {
  expect(visit.problems).toEqual([])
})
