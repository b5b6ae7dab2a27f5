import type { Pool } from 'pg'
import type { Page } from 'playwright-core'
import { openBrowser } from '../tests/e2e/browser'
import { type PanelPage, panelPages } from '../tests/e2e/pages'
import { countStatements } from '../tests/e2e/statements'
import type { Child } from './children'
import { ADMIN } from './hub-process'
import { linkedLists } from './linked-lists'
import { ADD_RECORDS } from './scale-sql'
import { latencyOf } from './statistics'
import { printTable, whole } from './tables'

const MOST_MS = 1_000
const MOST_STATEMENTS = 25
/** Pages whose figures lead to lists: these lists are measured as well. */
const LEADING = [
  'dashboard: 24h',
  'dashboard: own, a year',
  'usage-logs: list',
  'usage-logs: one',
  'users: overview',
  'refusals: list',
  'plans: one',
  'tools: one',
  'api-keys: one',
  'plan fill',
  'alerts: list',
]

/**
 * Every page of the panel in Chromium, signed in as an admin: how long its answer takes to its last byte, how long
 * until it can be used, and how many statements the hub runs for it. `visits` times each, after one to warm up;
 * `only` names the pages by a part of their name.
 */
export async function measurePanel(hub: Child, pool: Pool, visits: number, only = ''): Promise<void> {
  for (const statement of ADD_RECORDS) await pool.query(statement)
  const known = await panelPages(pool)
  const visit = await openBrowser(hub.url)
  try {
    const { page } = visit
    const headers = { origin: hub.url }
    const answer = await page.request.post('/api/users/login', { data: ADMIN, headers })
    if (!answer.ok()) throw new Error(`The admin could not sign in: ${answer.status()}`)
    const linked = await linkedLists(
      page,
      known.filter(({ name }) => LEADING.includes(name)),
    )
    const pages = [...known, ...linked].filter(({ name }) => name.includes(only))
    const rows: string[][] = []
    for (const one of pages) rows.push(await measurePage(page, pool, one, visits))
    const head = ['page', 'answer p50', 'p95', 'usable p50', 'p95', `≤ ${whole(MOST_MS)} ms`, 'statements']
    printTable('The panel (ms)', [...head, `≤ ${MOST_STATEMENTS}`], rows)
    if (visit.problems.length > 0)
      throw new Error(`The console was not silent:\n${visit.problems.join('\n')}`)
  } finally {
    await visit.close()
  }
}

async function measurePage(page: Page, pool: Pool, one: PanelPage, visits: number): Promise<string[]> {
  await open(page, one)
  await page.waitForLoadState('networkidle')
  const visit = () => open(page, one).then(() => undefined)
  const { statements, texts } = await countStatements(pool, visit, MOST_STATEMENTS)
  const answers: number[] = []
  const usable: number[] = []
  for (let turn = 0; turn < visits; turn += 1) {
    // What the page still fetches must not fall into the next one's time.
    await page.waitForLoadState('networkidle')
    const times = await open(page, one)
    answers.push(times.answered)
    usable.push(times.usable)
  }
  if (statements > MOST_STATEMENTS) process.stdout.write(`${one.name}:\n  ${texts.join('\n  ')}\n`)
  const [answer, use] = [latencyOf(answers), latencyOf(usable)]
  const cells = [answer.p50, answer.p95, use.p50, use.p95].map(whole)
  const met = (is: boolean) => (is ? 'yes' : 'no')
  const isFew = met(statements <= MOST_STATEMENTS)
  return [one.name, ...cells, met(answer.p95 <= MOST_MS), String(statements), isFew]
}

/** Opens a page; milliseconds until its own answer is complete, and until it can be used. */
async function open(page: Page, { path, ready }: PanelPage): Promise<{ answered: number; usable: number }> {
  const startedAt = performance.now()
  const response = await page.goto(path, { waitUntil: 'commit' })
  if (!response?.ok()) throw new Error(`${path} was answered ${response?.status()}`)
  await response.finished()
  const answered = performance.now() - startedAt
  await page.locator(ready).first().waitFor()
  await page.waitForLoadState('load')
  const usable = performance.now() - startedAt
  return { answered, usable }
}
