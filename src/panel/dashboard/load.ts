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

/** The data of all widgets, read once per page. */
export type DashboardData = {
  view: DashboardView
  cells: UsageCell[]
  /** The cells of the previous period, one or more for each tool and plan. */
  before: UsageCell[]
  p95Ms: number | null
  p95ByTool: Map<string, number | null>
  active: number
  topUsers: TopUser[]
  plans: PlanFill[]
  toolNames: Map<string, string>
  users: number
  check: ApiLedgerCheck | null
  /** Whether any call was ever made. */
  isUsed: boolean
}

const loaded = new WeakMap<object, Promise<DashboardData>>()

/** The data of this request's page; its widgets share one read. */
export function dashboardData(req: PayloadRequest): Promise<DashboardData> {
  const known = loaded.get(req)
  if (known) return known
  const loading = loadDashboard(runtime().pool, readView(req.query, new Date()))
  loaded.set(req, loading)
  return loading
}

/** Reads the dashboard's data: seven statements, all on roll-ups, balances and the open hour's rows. */
export async function loadDashboard(sql: Sql, view: DashboardView): Promise<DashboardData> {
  // One read covers both periods: figures are compared with the previous period.
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
