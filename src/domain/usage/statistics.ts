import type { Sql } from '../../platform/database/sql'
import { SUBSCRIPTION_AT_SQL } from '../billing/subscription-at-sql'
import { platformDays } from './platform-usage'
import type { ApiToolUsage, DayRange } from './read-usage'

export type ApiPlanUsage = { plan: string; user_count: number; tokens_used: number }

/**
 * Usage of the whole platform in a range of days, from the roll-ups and the open hour's rows: all users, calls and
 * tokens; by tool; and by plan with its current subscribers. Calls count for the plan under which they were admitted.
 */
export async function platformStatistics(
  sql: Sql,
  range: DayRange,
): Promise<{
  total_users: number
  total_invocations: number
  total_tokens: number
  by_plan: ApiPlanUsage[]
  by_tool: ApiToolUsage[]
}> {
  const values = [range.startDate ?? null, range.endDate ?? null]
  const [users, plans, usage] = await Promise.all([
    countUsers(sql),
    sql.query<Plan>(PLANS),
    sql.query<ToolOfPlan>(BY_TOOL_AND_PLAN, values),
  ])
  const byTool = [...sumBy(usage.rows, (row) => row.tool_id, toToolUsage).values()]
  return {
    total_users: users,
    total_invocations: byTool.reduce((sum, tool) => sum + tool.invocation_count, 0),
    total_tokens: byTool.reduce((sum, tool) => sum + tool.tokens_used, 0),
    by_plan: byPlan(plans.rows, usage.rows),
    by_tool: byTool.sort((a, b) => b.tokens_used - a.tokens_used || (a.tool_name < b.tool_name ? -1 : 1)),
  }
}

type Plan = { id: string; name: string; users: number }
type ToolOfPlan = { tool_id: string; tool_name: string; plan_id: string; tokens: number; calls: number }

const toToolUsage = (row: ToolOfPlan): ApiToolUsage => ({
  tool_id: row.tool_id,
  tool_name: row.tool_name,
  tokens_used: row.tokens,
  invocation_count: row.calls,
})

/** Adds up the rows of each key. */
function sumBy(rows: ToolOfPlan[], keyOf: (row: ToolOfPlan) => string, first: typeof toToolUsage) {
  const sums = new Map<string, ApiToolUsage>()
  for (const row of rows) {
    const sum = sums.get(keyOf(row))
    if (!sum) sums.set(keyOf(row), first(row))
    else {
      sum.tokens_used += row.tokens
      sum.invocation_count += row.calls
    }
  }
  return sums
}

/** Every plan in its order, and the usage under plans that were deleted. */
function byPlan(plans: Plan[], usage: ToolOfPlan[]): ApiPlanUsage[] {
  const tokensOf = (uses: (planId: string) => boolean) =>
    usage.reduce((sum, row) => (uses(row.plan_id) ? sum + row.tokens : sum), 0)
  const known = new Set(plans.map(({ id }) => id))
  const deleted = usage.some((row) => !known.has(row.plan_id))
    ? [{ plan: 'deleted', user_count: 0, tokens_used: tokensOf((id) => !known.has(id)) }]
    : []
  return [
    ...plans.map(({ id, name, users }) => ({
      plan: name,
      user_count: users,
      tokens_used: tokensOf((planId) => planId === id),
    })),
    ...deleted,
  ]
}

/** The dashboard's figures: users, running subscriptions by plan, and the last 30 days (UTC, including today). */
export async function dashboardFigures(
  sql: Sql,
  now: Date | null,
): Promise<{
  users: number
  subscriptionsByPlan: Array<{ plan: string; title: string; count: number }>
  tokens: number
  invocations: number
  days: Array<{ day: string; tokens: number; invocations: number }>
}> {
  const [users, plans, days] = await Promise.all([
    countUsers(sql),
    sql.query<{ plan: string; title: string; count: number }>(SUBSCRIPTIONS_BY_PLAN, [now]),
    sql.query<{ day: string; tokens: number; invocations: number }>(LAST_30_DAYS, [now]),
  ])
  return {
    users,
    subscriptionsByPlan: plans.rows,
    tokens: days.rows.reduce((sum, day) => sum + day.tokens, 0),
    invocations: days.rows.reduce((sum, day) => sum + day.invocations, 0),
    days: days.rows,
  }
}

async function countUsers(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ users: number }>('select count(*)::float8 as users from users')
  return rows[0]?.users ?? 0
}

/** Running subscriptions by their current plan. */
const running = (at: string) => `
  select current.plan_now as plan_id, count(*)::float8 as users
  from subscriptions s, ${SUBSCRIPTION_AT_SQL('s', at)}
  where not current.expired
  group by 1`

const SUBSCRIPTIONS_BY_PLAN = `
  select p.name as plan, p.title, coalesce(r.users, 0) as count
  from plans p left join (${running('coalesce($1::timestamptz, now())')}) r on r.plan_id = p.id
  order by p.rank, p.name`

const PLANS = `
  select p.id, p.name, coalesce(r.users, 0) as users
  from plans p left join (${running('now()')}) r on r.plan_id = p.id order by p.rank, p.name`

const CALLS = 'd.calls_success + d.calls_error + d.calls_timeout'

const BY_TOOL_AND_PLAN = `
  with ${platformDays(`coalesce($1::date, date '1970-01-01')`, `coalesce($2::date, date '9000-01-01')`)}
  select d.tool_id, d.plan_id, coalesce(n.name, '') as tool_name, d.tokens, d.calls
  from (select tool_id, plan_id, sum(tokens)::float8 as tokens, sum(${CALLS})::float8 as calls
        from days d group by tool_id, plan_id) d
  left join tool_names n on n.tool_id = d.tool_id
  where d.calls <> 0 or d.tokens <> 0`

const TODAY = `(coalesce($1::timestamptz, now()) at time zone 'utc')::date`

const LAST_30_DAYS = `
  with ${platformDays(`${TODAY} - 29`, TODAY)}
  select to_char(each.day, 'YYYY-MM-DD') as day, coalesce(sum(d.tokens), 0)::float8 as tokens,
    coalesce(sum(${CALLS}), 0)::float8 as invocations
  from (select ${TODAY} - n as day from generate_series(0, 29) n) each
  left join days d on d.day = each.day
  group by each.day order by each.day`
