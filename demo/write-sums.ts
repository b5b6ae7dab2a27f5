import { isDemo } from '../src/platform/database/demo-mark'
import type { Sql } from '../src/platform/database/sql'
import { DEMO_ADMIN } from './admin-acts'
import type { DemoPerson } from './people'
import { insert } from './write'

/** A correction, with its text for the audit log. */
export type DemoCorrection = {
  usage_id: string
  tool_name: string
  email: string
  request_id: string
  reason: string
  before: number
  after: number
  at: Date
}

/** Writes corrections of a few calls, and all sums from the rows; returns the corrections. */
export async function writeSums(sql: Sql, people: DemoPerson[], now: Date): Promise<DemoCorrection[]> {
  const corrections = await sql.query<DemoCorrection>(CORRECT_SOME, [now, DEMO_ADMIN.id])
  await sql.query(SUM_DAYS)
  await sql.query(LAST_USE_OF_KEYS)
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
  return corrections.rows
}

const OURS = isDemo('user_id', 'user')
const SUMS = `select user_id, period_start, sum(tokens) as tokens from usage_daily where ${OURS} group by 1, 2`

/** The rows already show the corrected figure: the figure before the correction was higher. */
const CORRECT_SOME = `
  with chosen as (
    select distinct on (user_id) * from usage_logs
    where ${OURS} and status = 'success' and created_at < $1::timestamptz - interval '4 hours'
    order by user_id, id desc
  ), corrected as (
    insert into usage_corrections
      (id, usage_id, user_id, admin_id, request_id, reason, tokens_before, tokens_after, created_at)
    select md5('demo-correction' || id)::uuid, id, user_id, $2, md5('demo-request' || id)::uuid,
      'The tool had counted the prompt twice (demo)', tokens_used * 2, tokens_used, created_at + interval '3 hours'
    from chosen where right(user_id::text, 1) in ('3', '8') and tokens_used > 1
    returning *
  )
  select c.usage_id, u.tool_name, p.email, c.request_id::text as request_id, c.reason, c.tokens_before::float8 as before,
    c.tokens_after::float8 as after, c.created_at as at
  from corrected c join chosen u on u.id = c.usage_id join users p on p.id = c.user_id order by c.created_at, c.usage_id`

const LAST_USE_OF_KEYS = `
  update api_keys set last_used_at = used.at from (
    select api_key_id, max(created_at) as at from usage_logs
    where ${OURS} and api_key_id is not null group by api_key_id
  ) used where api_keys.id = used.api_key_id`

const SUM_DAYS = `
  insert into usage_daily
    (user_id, period_start, plan_id, tool_id, day, calls_success, calls_error, calls_timeout, tokens)
  select user_id, period_start, plan_id, tool_id, (hub_uuid_time(id) at time zone 'utc')::date,
    count(*) filter (where status = 'success'), count(*) filter (where status = 'error'),
    count(*) filter (where status = 'timeout'), sum(tokens_used)
  from usage_logs where ${OURS} group by 1, 2, 3, 4, 5`
