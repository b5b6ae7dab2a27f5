import type { Sql } from '../database/sql'
import { isDemo } from './mark'
import type { DemoPerson } from './people'
import { insert } from './write'

/** Writes corrections of a few calls, and every sum as the rows say it. */
export async function writeSums(sql: Sql, people: DemoPerson[], now: Date): Promise<void> {
  await sql.query(CORRECT_SOME, [now])
  await sql.query(SUM_DAYS)
  const ended = people.flatMap((person) =>
    person.periods.slice(0, -1).map(({ start, end, plan }) => ({
      user_id: person.id,
      period_start: start,
      period_end: end,
      plan_id: plan.id,
      token_limit: plan.tokenLimit,
      tokens_used: 0,
      tokens_held: 0,
    })),
  )
  await insert(sql, 'subscription_periods', ended)
  for (const table of ['subscriptions', 'subscription_periods']) {
    await sql.query(
      `update ${table} p set tokens_used = d.tokens from (${SUMS}) d
       where d.user_id = p.user_id and d.period_start = p.period_start`,
    )
  }
}

const OURS = isDemo('user_id', 'user')
const SUMS = `select user_id, period_start, sum(tokens) as tokens from usage_daily where ${OURS} group by 1, 2`

/** The corrected rows keep what they show: what stood there before was more. */
const CORRECT_SOME = `
  insert into usage_corrections
    (id, usage_id, user_id, admin_id, request_id, reason, tokens_before, tokens_after, created_at)
  select md5('demo-correction' || u.id)::uuid, u.id, u.user_id, a.id, md5('demo-request' || u.id)::uuid,
    'The tool had counted the prompt twice (demo)', u.tokens_used * 2, u.tokens_used,
    u.created_at + interval '3 hours'
  from (select id from users where role::text = 'admin' order by id limit 1) a
  cross join lateral (
    select distinct on (user_id) * from usage_logs
    where ${OURS} and status = 'success' and created_at < $1::timestamptz - interval '4 hours'
    order by user_id, id desc
  ) u
  where right(u.user_id::text, 1) in ('3', '8') and u.tokens_used > 1`

const SUM_DAYS = `
  insert into usage_daily
    (user_id, period_start, plan_id, tool_id, day, calls_success, calls_error, calls_timeout, tokens)
  select user_id, period_start, plan_id, tool_id, (hub_uuid_time(id) at time zone 'utc')::date,
    count(*) filter (where status = 'success'), count(*) filter (where status = 'error'),
    count(*) filter (where status = 'timeout'), sum(tokens_used)
  from usage_logs where ${OURS} group by 1, 2, 3, 4, 5`
