import type { Sql } from '../../platform/database/sql'
import { SUBSCRIPTION_AT_SQL } from './subscription-at-sql'

/**
 * The plan usage of a plan's running subscriptions; `above` counts those that used at least 50, 80 and 100 % of their
 * limit.
 */
export type PlanFill = {
  id: string
  name: string
  title: string
  tokenLimit: number
  users: number
  tokensHeld: number
  above: { half: number; most: number; full: number }
}

/** Every plan with the usage of its subscriptions, each in its current period. */
export async function readPlanFill(sql: Sql, now: Date | null): Promise<PlanFill[]> {
  type Row = Omit<PlanFill, 'above'> & PlanFill['above']
  const { rows } = await sql.query<Row>(PLAN_FILL, [now])
  return rows.map(({ half, most, full, ...plan }) => ({ ...plan, above: { half, most, full } }))
}

/** The minimum percentage used; 0 includes everybody. */
export const LEVELS = [0, 50, 80, 100] as const
export type FillLevel = (typeof LEVELS)[number]

/** `planId` null: of all plans. */
type Asked = { planId: string | null; level: FillLevel; offset: number; limit: number; now?: Date | null }

export type FullSubscription = {
  id: string
  userId: string
  name: string | null
  plan: string
  used: number
  limit: number
  periodEnd: Date
}

/**
 * One page of a plan's (or all plans') running subscriptions that used at least this percentage, the highest first,
 * with their number: the same that `readPlanFill` counts. Null for an unknown plan.
 */
export async function readFullest(
  sql: Sql,
  { planId, level, offset, limit, now = null }: Asked,
): Promise<{ total: number; subscriptions: FullSubscription[] } | null> {
  const { rows } = await sql.query<FullSubscription & { total: number }>(FULLEST, [
    now,
    planId,
    level,
    offset,
    limit,
  ])
  if (!rows[0]) return null
  const { total } = rows[0]
  return { total, subscriptions: rows.filter(({ id }) => id !== null) }
}

/** The running subscriptions, each in its current period. */
const RUNNING = `
  clock as materialized (
    select coalesce($1::timestamptz, now()) as at
  ), running as (
    select s.id, s.user_id, current.* from clock, subscriptions s, ${SUBSCRIPTION_AT_SQL('s', 'clock.at')}
    where not current.expired
  )`

const PLAN_FILL = `
  with ${RUNNING}
  select p.id, p.name, p.title, p.token_limit::float8 as "tokenLimit", count(r.id)::float8 as users,
    coalesce(sum(r.held), 0)::float8 as "tokensHeld",
    count(*) filter (where r.used * 2 >= p.token_limit + r.extra)::float8 as half,
    count(*) filter (where r.used * 5 >= (p.token_limit + r.extra) * 4)::float8 as most,
    count(*) filter (where r.used >= p.token_limit + r.extra)::float8 as full
  from plans p left join running r on r.plan_now = p.id
  group by p.id, p.name, p.title, p.token_limit, p.rank order by p.rank, p.name`

const FULLEST = `
  with ${RUNNING}, found as materialized (
    select r.id, r.user_id, p.title as plan, r.used, p.token_limit + r.extra as token_limit, r.end_now as period_end
    from running r join plans p on p.id = r.plan_now
    where ($2::uuid is null or p.id = $2) and r.used * 100 >= (p.token_limit + r.extra) * $3::bigint
  ), page as (
    select * from found order by used::float8 / greatest(1, token_limit) desc, used desc, id offset $4 limit $5
  )
  select n.total, f.id, f.user_id as "userId", u.name, f.plan, f.used::float8 as used, f.token_limit::float8 as limit,
    f.period_end as "periodEnd"
  from (select count(*)::float8 as total from found) n
  left join page f on true left join users u on u.id = f.user_id
  where $2::uuid is null or exists (select from plans where id = $2)
  order by f.used::float8 / greatest(1, f.token_limit) desc, f.used desc, f.id`
