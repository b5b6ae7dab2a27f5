import type { Sql } from '../database/sql'

/** How full the running subscriptions of a plan are; `above` counts those at 50, 80 and 100 % of their limit or more. */
export type PlanFill = {
  id: string
  name: string
  title: string
  tokenLimit: number
  users: number
  tokensHeld: number
  above: { half: number; most: number; full: number }
  /** Subscriptions at 50 % or more, the fullest first; at most 100. */
  fullest: string[]
}

/** Every plan with how full its subscriptions are now, each in its period of this moment. */
export async function readPlanFill(sql: Sql, now: Date | null): Promise<PlanFill[]> {
  type Row = Omit<PlanFill, 'above'> & PlanFill['above']
  const { rows } = await sql.query<Row>(PLAN_FILL, [now])
  return rows.map(({ half, most, full, ...plan }) => ({ ...plan, above: { half, most, full } }))
}

const PLAN_FILL = `
  with clock as materialized (
    select coalesce($1::timestamptz, now()) as at
  ), running as materialized (
    select s.id, case when s.period_end <= at then coalesce(s.pending_plan_id, s.plan_id) else s.plan_id end as plan_id,
      case when s.period_end <= at then 0 else s.tokens_used end as used,
      case when s.period_end <= at then 0 else s.tokens_held end as held,
      case when s.period_end <= at then 0 else hub_extra_tokens(s.extra_tokens, s.extra_until, at) end as extra
    from subscriptions s, clock
    where s.status = 'active' or (s.status = 'cancelled' and s.period_end > at)
  )
  select p.id, p.name, p.title, p.token_limit::float8 as "tokenLimit", count(r.id)::float8 as users,
    coalesce(sum(r.held), 0)::float8 as "tokensHeld",
    count(*) filter (where r.used * 2 >= p.token_limit + r.extra)::float8 as half,
    count(*) filter (where r.used * 5 >= (p.token_limit + r.extra) * 4)::float8 as most,
    count(*) filter (where r.used >= p.token_limit + r.extra)::float8 as full,
    coalesce((array_agg(r.id order by r.used desc, r.id) filter (where r.used * 2 >= p.token_limit + r.extra))[1:100], '{}')
      as fullest
  from plans p left join running r on r.plan_id = p.id
  group by p.id, p.name, p.title, p.token_limit, p.rank order by p.rank, p.name`
