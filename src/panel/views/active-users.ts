import type { TopUser, UsageSpan } from '../../domain/usage/activity'
import { platformUserDays } from '../../domain/usage/platform-usage'
import type { Sql } from '../../platform/database/sql'

/**
 * One page of the users who made calls on the UTC days that a span touches, most tokens first, and their total number.
 * The dashboard shows the first few of them.
 */
export async function readUsersOf(
  sql: Sql,
  { from, until }: UsageSpan,
  { offset, limit }: { offset: number; limit: number },
): Promise<{ total: number; users: TopUser[] }> {
  const { rows } = await sql.query<TopUser & { total: number }>(USERS, [from, until, offset, limit])
  return {
    total: rows[0]?.total ?? 0,
    users: rows.flatMap(({ total: _, ...user }) => (user.id ? [user] : [])),
  }
}

const FIRST_DAY = `($1::timestamptz at time zone 'utc')::date`
const LAST_DAY = `(($2::timestamptz - interval '1 millisecond') at time zone 'utc')::date`

const USERS = `
  with ${platformUserDays(FIRST_DAY, LAST_DAY)}, sums as materialized (
    select user_id, sum(tokens) as tokens, sum(calls_success + calls_failed) as calls, sum(calls_failed) as failed
    from user_days group by user_id having sum(calls_success + calls_failed) > 0
  ), page as (
    select * from sums order by tokens desc, calls desc, user_id offset $3 limit $4
  )
  select n.total, t.user_id as id, u.name, t.tokens::float8 as tokens, t.calls::float8 as calls,
    t.failed::float8 as failed
  from (select count(*)::float8 as total from sums) n left join page t on true left join users u on u.id = t.user_id
  order by t.tokens desc, t.calls desc, t.user_id`
