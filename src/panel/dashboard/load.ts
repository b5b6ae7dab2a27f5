import type { PayloadRequest } from 'payload'
import { type PlanFill, readPlanFill } from '../../domain/billing/plan-fill'
import {
  readActiveUsers,
  readCells,
  readDurations,
  type TopUser,
  type UsageCell,
} from '../../domain/usage/activity'
import { type ApiLedgerCheck, lastLedgerCheck } from '../../domain/usage/ledger-report'
import type { Sql } from '../../platform/database/sql'
import { runtime } from '../../platform/runtime/runtime'
import { type DashboardView, readView } from '../parts/range'

/** Everything that the widgets show, read once a page. */
export type DashboardData = {
  view: DashboardView
  cells: UsageCell[]
  /** The same of the time before, in one cell a tool and plan or more. */
  before: UsageCell[]
  p95Ms: number | null
  p95ByTool: Map<string, number | null>
  active: number
  topUsers: TopUser[]
  plans: PlanFill[]
  toolNames: Map<string, string>
  users: number
  check: ApiLedgerCheck | null
  /** Whether anything was called, ever. */
  isUsed: boolean
}

const loaded = new WeakMap<object, Promise<DashboardData>>()

/** The data of the page that this request is for; its widgets share one reading. */
export function dashboardData(req: PayloadRequest): Promise<DashboardData> {
  const known = loaded.get(req)
  if (known) return known
  const loading = loadDashboard(runtime().pool, readView(req.query, new Date()))
  loaded.set(req, loading)
  return loading
}

/** Reads the dashboard: seven statements, all of them on roll-ups, balances and the open hour's rows. */
export async function loadDashboard(sql: Sql, view: DashboardView): Promise<DashboardData> {
  // One reading of twice the time: what came before is the difference that a figure shows.
  const both = { ...view.span, from: view.before.from }
  const [all, durations, users, plans, names, check] = await Promise.all([
    readCells(sql, both),
    readDurations(sql, view.span),
    readActiveUsers(sql, view.span),
    readPlanFill(sql, null),
    sql.query<{ id: string; name: string; users: number; used: boolean }>(NAMES),
    lastLedgerCheck(sql),
  ])
  const first = names.rows[0]
  return {
    view,
    cells: all.filter(({ at }) => at >= view.span.from),
    before: all.filter(({ at }) => at < view.span.from),
    p95Ms: durations.p95Ms,
    p95ByTool: durations.byTool,
    active: users.active,
    topUsers: users.top,
    plans,
    toolNames: new Map(names.rows.filter(({ id }) => id).map(({ id, name }) => [id, name])),
    users: first?.users ?? 0,
    check,
    isUsed: first?.used ?? false,
  }
}

const NAMES = `
  select n.tool_id as id, n.name, (select count(*) from users)::float8 as users,
    exists (select from usage_daily) as used
  from (select 1) one left join tool_names n on true`
