import type { Pool } from 'pg'
import { readPlanFill } from '../src/domain/billing/plan-fill'
import { readActiveUsers, readCells, readDurations } from '../src/domain/usage/activity'
import { type DashboardView, readView } from '../src/panel/parts/range'
import type { Child } from './children'
import { adminToken, askHub } from './hub-process'
import { latencyOf } from './statistics'
import { printTable, tenth, whole } from './tables'

const MOST_MS = 100
const MOST_PANEL_MS = 1_000

type Read = { name: string; most: number; samples: number; ask: (n: number) => Promise<unknown> }

/** The reads that an admin's and a user's pages make, one after the other, each by another user. */
export async function measureReads(hub: Child, pool: Pool, keys: string[]): Promise<void> {
  const rows: string[][] = []
  for (const { name, most, samples, ask } of await listReads(hub, pool, keys)) {
    await ask(0)
    const times: number[] = []
    for (let n = 0; n < samples; n += 1) {
      const startedAt = performance.now()
      await ask(n)
      times.push(performance.now() - startedAt)
    }
    const { p50, p95, most: longest } = latencyOf(times)
    rows.push([name, tenth(p50), tenth(p95), tenth(longest), `≤ ${whole(most)}`, p95 <= most ? 'yes' : 'no'])
  }
  printTable('Reads (ms, one at a time)', ['what', 'p50', 'p95', 'most', 'target p95', 'met'], rows)
}

async function listReads(hub: Child, pool: Pool, keys: string[]): Promise<Read[]> {
  const admin = await adminToken(hub)
  const asUser = (path: string) => (n: number) =>
    askHub(hub, 'GET', path, { token: keys[n % keys.length] as string })
  const asAdmin = (path: string) => () => askHub(hub, 'GET', path, { token: admin })
  const user = (name: string, path: string): Read => ({
    name,
    most: MOST_MS,
    samples: 200,
    ask: asUser(path),
  })
  const statistics = '/api/v1/admin/usage/stats'
  const day = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10)
  const list = '/api/usage-logs?limit=10&sort=-id'
  const panel = (name: string, path: string): Read => ({
    name,
    most: MOST_PANEL_MS,
    samples: 20,
    ask: asAdmin(path),
  })
  return [
    user('usage summary', '/api/v1/usage/summary'),
    user('usage summary, 30 days', `/api/v1/usage/summary?start_date=${day(30)}`),
    user('history, first page', '/api/v1/usage?limit=50'),
    user('history, offset 500', '/api/v1/usage?limit=50&offset=500'),
    user('history, a month half a year ago', `/api/v1/usage?start_date=${day(200)}&end_date=${day(170)}`),
    { name: 'history, next page by cursor', most: MOST_MS, samples: 200, ask: await nextPages(hub, keys) },
    { name: 'platform statistics', most: MOST_MS, samples: 50, ask: asAdmin(statistics) },
    {
      name: 'platform statistics, 30 days',
      most: MOST_MS,
      samples: 50,
      ask: asAdmin(`${statistics}?start_date=${day(30)}`),
    },
    ...dashboardReads(pool),
    panel("the panel's usage list", list),
    panel("the panel's usage list, page 50", `${list}&page=50`),
    panel("the panel's usage list, errors only", `${list}&where[status][equals]=error`),
  ]
}

/** The dashboard's queries that depend on how much was used, in each of its ranges. */
function dashboardReads(pool: Pool): Read[] {
  const day = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10)
  const ranges = ['24h', '7d', '30d', '90d'].map((range) => readView({ range }, new Date()))
  const own = [
    [200, 76],
    [365, 0],
  ].map(([from = 0, to = 0]) => readView({ range: 'own', from: day(from), to: day(to) }, new Date()))
  const read = (name: string, ask: () => Promise<unknown>): Read => ({
    name,
    most: MOST_MS,
    samples: 30,
    ask,
  })
  const of = (view: DashboardView) => {
    const days = Math.round((view.span.until.getTime() - view.span.from.getTime()) / 86_400_000)
    const name = `dashboard, ${view.range === 'own' ? `${days} days` : view.range}`
    return [
      read(`${name}: by tool and plan`, () => readCells(pool, { ...view.span, from: view.before.from })),
      read(`${name}: durations`, () => readDurations(pool, view.span)),
      read(`${name}: users`, () => readActiveUsers(pool, view.span)),
    ]
  }
  return [...[...ranges, ...own].flatMap(of), read('dashboard: plan usage', () => readPlanFill(pool, null))]
}

/** Asks for the page after the first one. */
async function nextPages(hub: Child, keys: string[]): Promise<(n: number) => Promise<unknown>> {
  const cursors = await Promise.all(
    keys.slice(0, 20).map(async (token) => {
      const page = await askHub<{ meta: { pagination: { next_cursor: string } } }>(
        hub,
        'GET',
        '/api/v1/usage?limit=50',
        { token },
      )
      return { token, cursor: page.meta.pagination.next_cursor }
    }),
  )
  return (n) => {
    const { token, cursor } = cursors[n % cursors.length] as { token: string; cursor: string }
    return askHub(hub, 'GET', `/api/v1/usage?limit=50&cursor=${cursor}`, { token })
  }
}
