import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import type { Page } from 'playwright-core'
import { removeDemo, seedDemo } from '../../demo/demo'
import { until } from '../support/until'
import { answered, hydrated, openBrowser, type Visit } from './browser'
import { faults, LOOKS, overflow } from './look'
import { countStatements } from './statements'

const url = process.env.HUB_TEST_URL as string
const admin = {
  email: process.env.HUB_TEST_ADMIN_EMAIL as string,
  password: process.env.HUB_TEST_ADMIN_PASSWORD as string,
}
const SCREENSHOTS = join('tests', 'e2e', 'screenshots')
const MOST_STATEMENTS = 25

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
  await hydrated(page)
}

const shot = (name: string) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true })

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
  { name: 'active-users', path: () => '/admin/active-users?range=30d', shows: 'most tokens first' },
  { name: 'plan-fill', path: () => `/admin/plan-fill?plan=${planId}&above=0`, shows: 'Period ends' },
  { name: 'plan-fill-all', path: () => '/admin/plan-fill?above=80', shows: 'All plans' },
  { name: 'ledger', path: () => '/admin/ledger', shows: 'What was checked' },
  { name: 'plan', path: () => `/admin/collections/plans/${planId}`, shows: 'Simulate these limits' },
]

describe.each(PAGES)('$name', ({ name, path, shows }) => {
  it.each(LOOKS)('is legible and without fault in $theme at $width px', async ({ theme, width }) => {
    await look(theme, width)
    await open(path())
    await page.getByText(shows).first().waitFor()
    await shot(`${name}-${theme}-${width}`)
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe(theme)
    expect(await faults(page)).toEqual([])
    expect(await overflow(page)).toBeLessThanOrEqual(0)
  })

  it(`is read by at most ${MOST_STATEMENTS} statements`, async () => {
    await look('light', 1280)
    const work = async () => {
      await page.goto(path())
      await answered(page)
    }
    const { statements, texts } = await countStatements(database, work, MOST_STATEMENTS)
    await writeFile(join(SCREENSHOTS, `${name}-statements.txt`), texts.join('\n'))
    expect([statements <= MOST_STATEMENTS, statements, statements > MOST_STATEMENTS ? texts : []]).toEqual([
      true,
      statements,
      [],
    ])
  })
})

/** A number as a page writes it. */
const numberOf = (text: string | null) => Number(/[\d,]+/.exec(text ?? '')?.[0].replaceAll(',', ''))
/** How many rows the list that is shown has in all. */
const listed = async () => {
  await page.locator('.collection-list').first().waitFor()
  const info = page.locator('.page-controls__page-info').first()
  await info.waitFor()
  return numberOf(((await info.innerText()).split(/ of /)[1] ?? '') as string)
}

describe('the dashboard', () => {
  beforeAll(() => look('light', 1280))

  const region = (name: string) => page.getByRole('region', { name, exact: true })

  it.each(['24h', '7d'])('leads from each figure to its list, which has as many: %s', async (range) => {
    const hour = () => new Date().getUTCHours()
    const from = async (name: string, link: string, count: () => Promise<number>): Promise<void> => {
      const began = hour()
      await open(`/admin?range=${range}`)
      const figure = region(name).locator(link).first()
      const value = numberOf((await figure.getAttribute('title')) ?? (await figure.innerText()))
      await figure.click()
      await page.waitForURL((address) => address.pathname !== '/admin')
      const found = await count()
      // With the next hour begins another range.
      if (hour() !== began) return from(name, link, count)
      expect([name, link, found]).toEqual([name, link, value])
    }
    const noted = async () => numberOf(await page.locator('.hub-card__head .hub-note').first().innerText())
    await from('Invocations', 'a', listed)
    await from('Active users', 'a', noted)
    await from('Top tools', 'tbody td:nth-child(3) a', listed)
    await from('Top users', 'tbody td:nth-child(3) a', listed)
    await from('Failing tools', 'tbody td:nth-child(2) a', listed)
    await from('Plan usage', 'tbody tr:nth-child(2) td:nth-child(2) a', noted)
    await from('Plan usage', 'tbody td:nth-child(3) a', noted)
  })

  it('leads from shares and sums to their calls, from the success rate to as many as failed', async () => {
    for (const label of ['Tokens', 'Duration, p95', 'Tokens held now', 'Success rate']) {
      await open('/admin?range=7d')
      const failed = numberOf(await region('Success rate').locator('p').innerText())
      await region(label).getByRole('link').click()
      await page.waitForURL(/\/admin\/collections\/usage-logs\?.*where/)
      await page.locator('.collection-list').first().waitFor()
      if (label === 'Success rate') expect(await listed()).toBe(failed)
    }
    await open('/admin?range=7d&by=plan')
    const legend = region('Invocations over time').locator('.hub-legend li').first()
    const calls = numberOf(await legend.locator('span[title]').getAttribute('title'))
    await legend.getByRole('link').click()
    await page.waitForURL(/collections\/usage-logs/)
    expect(await listed()).toBe(calls)
  })

  it('leads from the ledger to its checks, which can be asked for, with what differs', async () => {
    await open('/admin')
    await region('Ledger check').getByRole('link', { name: 'Ledger check' }).click()
    await page.waitForURL(/\/admin\/ledger/)
    await database.query('update subscriptions set tokens_used = tokens_used + 7 where user_id = $1', [
      userId,
    ])
    await page.getByRole('button', { name: 'Check now' }).click()
    await page.getByText('Checked: 1 difference').first().waitFor()
    await page.getByRole('heading', { name: /^1 difference,/ }).waitFor()
    expect(await page.getByRole('link', { name: userId }).first().getAttribute('href')).toContain(userId)
    await shot('ledger-drift')
    expect(await faults(page)).toEqual([])
    await database.query('update subscriptions set tokens_used = tokens_used - 7 where user_id = $1', [
      userId,
    ])
    await database.query('delete from ledger_checks where drift_count > 0')
  })

  it('says in a table what its charts show', async () => {
    await open('/admin?range=7d')
    const table = page.getByRole('region', { name: 'Invocations over time' }).locator('table')
    expect(await table.locator('tbody tr').count()).toBe(7)
  })

  it('takes a range of its own', async () => {
    await open('/admin')
    await page.locator('.hub-own summary').click()
    const now = Date.now()
    const day = (ago: number) => new Date(now - ago * 86_400_000).toISOString().slice(0, 10)
    await page.fill('.hub-own input[name=from]', day(9))
    await page.fill('.hub-own input[name=to]', day(5))
    await page.click('.hub-own button')
    await page.waitForURL(/range=own/)
    const table = page.getByRole('region', { name: 'Tokens over time' }).locator('table')
    expect(await table.locator('tbody tr').count()).toBe(5)
  })

  it('is honest where nothing was called', async () => {
    await open('/admin?range=own&from=2021-03-01&to=2021-03-09')
    await page.getByText('Nothing was called in this range.').first().waitFor()
    expect(await faults(page)).toEqual([])
    await shot('dashboard-empty')
  })
})

describe("what is done on a user's page", () => {
  it('has figures that lead to their calls: of this period, and of each earlier one', async () => {
    await look('light', 1280)
    await open(`/admin/collections/users/${userId}/overview`)
    const { rows } = await database.query(
      `select (select count(*)::int from usage_logs l where l.user_id = s.user_id and l.period_start = s.period_start
           and l.tokens_used > 0) as now,
         (select count(*)::int from usage_logs l where l.user_id = s.user_id and l.period_start =
           (select max(period_start) from subscription_periods p where p.user_id = s.user_id)) as before
       from subscriptions s where user_id = $1`,
      [userId],
    )
    await page
      .getByRole('region', { name: /^Subscription/ })
      .locator('p a')
      .first()
      .click()
    await page.waitForURL(/usage-logs/)
    expect(await listed()).toBe(rows[0].now)
    await open(`/admin/collections/users/${userId}/overview`)
    await page.getByText('Earlier periods').click()
    await page.locator('details li a').first().click()
    await page.waitForURL(/usage-logs/)
    expect(await listed()).toBe(rows[0].before)
  })

  it('is said beforehand, done, and seen afterwards', async () => {
    await look('light', 1280)
    await open(`/admin/collections/users/${userId}/overview`)
    await page.getByRole('button', { name: 'Grant extra tokens' }).click()
    const dialog = page.locator('dialog[open]')
    await dialog.getByLabel('Tokens').fill('2500')
    await dialog.getByLabel('Reason').fill('For the launch')
    await dialog.getByText('Tokens in this period').waitFor()
    await shot('user-grant')
    expect(await faults(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText(/\+2,500 tokens until/).waitFor()
    await page.getByRole('button', { name: 'Take back the grant of 2,500 tokens' }).click()
    await dialog.getByLabel('Reason').fill('Launched already')
    await dialog.getByText('This grant').waitFor()
    await shot('user-take-back')
    expect(await faults(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText(/aken back .* Launched already/).waitFor()

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

describe('how somebody signs in', () => {
  const confirmed = async (button: string | RegExp, says: string, seen: () => Promise<unknown>) => {
    await page.getByRole('button', { name: button, exact: true }).first().click()
    const dialog = page.locator('dialog[open]')
    await dialog.getByText(says).waitFor()
    expect(await faults(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await dialog.waitFor({ state: 'detached' })
    await seen()
  }

  it.each(LOOKS)(
    'is ended, unlocked and mended, and a plan changed later ($theme, $width px)',
    async (one) => {
      const { rows } = await database.query(
        `select s.user_id as id, (select count(*)::int from sessions e where e.user_id = s.user_id
           and e.revoked_at is null and e.expires_at > now()) as sessions
       from subscriptions s join users u on u.id = s.user_id where u.email like '%@demo.invalid' and s.user_id <> $1
         and s.status = 'active' and s.pending_plan_id is null
         and exists (select from sessions e where e.user_id = s.user_id and e.revoked_at is null and e.expires_at > now())
         and exists (select from api_keys k where k.user_id = s.user_id and k.active)
       order by s.user_id limit 1`,
        [userId],
      )
      const { id, sessions } = rows[0]
      await database.query(
        `insert into credentials (user_id, password_hash, locked_until) values ($1, '-', now() + interval '10 minutes')
       on conflict (user_id) do update set locked_until = excluded.locked_until`,
        [id],
      )
      const count = async (query: string) => (await database.query(query, [id])).rows[0].n
      const live = () =>
        count(
          'select count(*)::int as n from sessions where user_id = $1 and revoked_at is null and expires_at > now()',
        )
      const keys = () => count('select count(*)::int as n from api_keys where user_id = $1 and active')
      const keysBefore = await keys()
      await look(one.theme, one.width)
      await open(`/admin/collections/users/${id}/overview`)
      await page.getByText(/^Locked until/).waitFor()
      await confirmed('Unlock', 'failed attempts count from 0', () => page.getByText(/^Not locked/).waitFor())
      await confirmed('End', 'ended at once', () => page.waitForLoadState('networkidle'))
      expect(await live()).toBe(sessions - 1)
      await confirmed(/^Revoke/, 'revoked at once, permanently', () =>
        page.getByText('revoked', { exact: true }).first().waitFor(),
      )
      expect(await keys()).toBe(keysBefore - 1)
      await confirmed('Mail a reset link', 'a link for a new password', () =>
        page.getByText(/reset link: done/).waitFor(),
      )
      await page.getByRole('button', { name: 'Change plan' }).click()
      await page.locator('dialog[open]').getByLabel('When').selectOption('period-end')
      await page.locator('dialog[open]').getByRole('button', { name: 'Confirm' }).click()
      await page.getByText(/, then /).waitFor()
      expect(await overflow(page)).toBe(0)
    },
  )
})

describe('a dialog of an action', () => {
  it('confirms nothing by what it said of something else', async () => {
    await look('light', 1280)
    await open(`/admin/collections/users/${userId}/overview`)
    await page.getByRole('button', { name: 'Grant extra tokens' }).click()
    const dialog = page.locator('dialog[open]')
    const confirm = dialog.getByRole('button', { name: 'Confirm' })
    await dialog.getByLabel('Tokens').fill('10')
    await dialog.getByLabel('Reason').fill('For the launch')
    await dialog.getByText('Tokens in this period').waitFor()
    expect(await confirm.isEnabled()).toBe(true)
    let answer = () => {}
    const held = new Promise<void>((resolve) => {
      answer = resolve
    })
    await page.route('**/api/panel/users/*/actions', async (route) => {
      await held
      await route.continue()
    })
    await dialog.getByLabel('Tokens').fill('99000')
    expect(await confirm.isDisabled()).toBe(true)
    answer()
    await dialog.getByText('Tokens in this period').waitFor()
    expect(await confirm.isEnabled()).toBe(true)
    await page.unroute('**/api/panel/users/*/actions')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
  })
})

describe('a draft of a plan', () => {
  it('is played on the last 30 days before it is saved', async () => {
    await open(`/admin/collections/plans/${planId}`)
    await page.locator('form[data-form-ready="true"]').first().waitFor()
    await page.fill('#field-tokenLimit', '3000')
    await page.getByRole('button', { name: 'Run simulation' }).click()
    await page.getByText('would have been refused').waitFor()
    await page.getByText(/^Tokens: all .* played call by call\.$/).waitFor()
    for (const { theme, width } of LOOKS) {
      await page.evaluate((chosen) => document.documentElement.setAttribute('data-theme', chosen), theme)
      await page.setViewportSize({ width, height: 900 })
      await shot(`plan-what-if-${theme}-${width}`)
      expect(await faults(page)).toEqual([])
      expect(await overflow(page)).toBeLessThanOrEqual(0)
    }
    await look('light', 1280)
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as CSV' }).click(),
    ])
    const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n')
    const shown = await page.getByRole('region', { name: 'What if' }).locator('tbody tr').count()
    expect(lines).toHaveLength(shown + 1)
    await page.fill('#field-requestsPerMinute', '1')
    await page.fill('#field-burst', '1')
    await page.getByText('The limits were changed since.').waitFor()
    await page.getByRole('button', { name: 'Run simulation' }).click()
    await page.getByRole('region', { name: 'What if' }).getByRole('cell', { name: 'rate' }).first().waitFor()
  })
})

describe('a row of the usage log', () => {
  it('is corrected on its page: said beforehand, done, and seen with its reason', async () => {
    const { rows } = await database.query(
      `select l.id, l.tokens_used::int as tokens, s.tokens_used::int as used from usage_logs l
       join subscriptions s on s.user_id = l.user_id and s.period_start = l.period_start
       where l.user_id = $1 and l.status = 'success' and l.tokens_used > 10 order by l.id desc limit 1`,
      [userId],
    )
    const { id, tokens, used } = rows[0]
    await look('light', 1280)
    await open(`/admin/collections/usage-logs/${id}`)
    await page.getByRole('button', { name: 'Correct what this call is charged' }).click()
    const dialog = page.locator('dialog[open]')
    await dialog.getByLabel('Reason').fill('Reported twice')
    await dialog.getByRole('alert').getByText('nothing would change').waitFor()
    expect(await dialog.getByRole('button', { name: 'Confirm' }).isDisabled()).toBe(true)
    // The browser notes that refusal in its console, as it was asked for here.
    const isNoted = (problem: string) => /status of 409 .*\/corrections/.test(problem)
    await until('the note in the console', () => visit.problems.some(isNoted))
    visit.problems.splice(visit.problems.findIndex(isNoted), 1)
    await dialog.getByLabel('Tokens that it is charged').fill('10')
    await dialog.getByText('This call is charged').waitFor()
    expect(await dialog.locator('tbody').innerText()).toContain((used - tokens + 10).toLocaleString('en'))
    await shot('usage-correct')
    expect(await faults(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText(/^10 tokens are charged\./).waitFor()
    await page.locator('form[data-form-ready="true"]').first().waitFor()
    const table = page.getByRole('region', { name: 'Where the figures come from' }).locator('tbody')
    expect(await table.innerText()).toContain('Reported twice')
    expect(await page.inputValue('#field-tokensUsed')).toBe('10')
    const after = await database.query(
      'select tokens_used::int as used from subscriptions where user_id = $1',
      [userId],
    )
    expect(after.rows).toEqual([{ used: used - tokens + 10 }])
  })
})

describe('the usage log', () => {
  it('names whose call it was, of every row at once, and says of a deleted user that they are gone', async () => {
    const { rows } = await database.query(
      `select id, user_id from usage_logs where user_id in (select id from users where email like '%@demo.invalid')
         and user_id <> $1 order by id desc limit 1`,
      [userId],
    )
    await database.query('delete from users where id = $1', [rows[0].user_id])
    // The tests' own calls, which are newer, may fill the first page.
    await open(`/admin/collections/usage-logs?where[or][0][and][0][id][less_than_equal]=${rows[0].id}`)
    await page.getByText('Deleted user', { exact: true }).first().waitFor()
    const cells = await until('the name of every user', async () => {
      const texts = await page.locator('tbody td.cell-user').allInnerTexts()
      return texts.every((text) => text.trim() !== '…') ? texts : null
    })
    expect(cells?.filter((text) => /No User|Untitled|^$/.test(text))).toEqual([])
  })

  it('keeps a filter under a name, and forgets it', async () => {
    await open('/admin/collections/usage-logs?where[or][0][and][0][status][equals]=timeout')
    await answered(page)
    await page.getByLabel('Name of this filter').fill('Timeouts')
    await page.getByRole('button', { name: 'Save filter' }).click()
    await page.getByRole('link', { name: 'Timeouts', exact: true }).waitFor()
    await answered(page)
    await open('/admin/collections/usage-logs')
    await page.getByRole('link', { name: 'Timeouts', exact: true }).click()
    await page.waitForURL(/timeout/)
    await page.getByRole('button', { name: 'Forget Timeouts' }).click()
    await page.getByRole('link', { name: 'Timeouts', exact: true }).waitFor({ state: 'detached' })
    await answered(page)
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
