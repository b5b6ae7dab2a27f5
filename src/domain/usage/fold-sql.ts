/**
 * Writes usage_hourly for the hours from $1 to $2 (exclusive) from their rows. Delete the old rows of these hours
 * first. Durations of all settled calls are kept as histograms, and so are the tokens of calls whose tokens were
 * measured.
 */
export const FOLD_HOURS = `
with calls as materialized (
  select date_trunc('hour', hub_uuid_time(id), 'UTC') as hour, tool_id, plan_id, status, tokens_used,
    case when status <> 'pending' then hub_bucket(duration_ms) end as took,
    case when status = 'success' and source in ('reported', 'counted') then hub_bucket(tokens_used) end as used
  from usage_logs where id >= hub_uuid_at($1::timestamptz) and id < hub_uuid_at($2::timestamptz)
    and status <> 'trial'
), buckets as materialized (
  select hour, tool_id, plan_id, 'took' as kind, took as bucket, count(*)::int as calls
  from calls where took is not null group by hour, tool_id, plan_id, took
  union all
  select hour, tool_id, plan_id, 'used', used, count(*)::int
  from calls where used is not null group by hour, tool_id, plan_id, used
), spreads as (
  select s.hour, s.tool_id, s.plan_id, s.kind, array_agg(coalesce(b.calls, 0) order by at.bucket) as spread
  from (select hour, tool_id, plan_id, kind, max(bucket) as last from buckets group by hour, tool_id, plan_id, kind) s
  cross join lateral generate_series(0, s.last) as at(bucket)
  left join buckets b on b.hour = s.hour and b.tool_id = s.tool_id and b.plan_id = s.plan_id and b.kind = s.kind
    and b.bucket = at.bucket
  group by s.hour, s.tool_id, s.plan_id, s.kind
), sums as (
  select hour, tool_id, plan_id,
    count(*) filter (where status = 'success') as success, count(*) filter (where status = 'error') as error,
    count(*) filter (where status = 'timeout') as timeout, count(*) filter (where status = 'pending') as pending,
    sum(tokens_used) as tokens
  from calls group by hour, tool_id, plan_id
)
insert into usage_hourly (hour, tool_id, plan_id, calls_success, calls_error, calls_timeout, calls_pending, tokens,
  durations, tokens_spread)
select c.hour, c.tool_id, c.plan_id, success, error, timeout, pending, tokens,
  coalesce(t.spread, '{}'), coalesce(u.spread, '{}')
from sums c
left join spreads t on t.hour = c.hour and t.tool_id = c.tool_id and t.plan_id = c.plan_id and t.kind = 'took'
left join spreads u on u.hour = c.hour and u.tool_id = c.tool_id and u.plan_id = c.plan_id and u.kind = 'used'`

/** The UTC days that the hours from $1 to $2 touch. */
const HOURS_OF_DAYS = `hour >= date_trunc('day', $1::timestamptz, 'UTC')
  and hour < date_trunc('day', $2::timestamptz - interval '1 second', 'UTC') + interval '1 day'`

/** Writes usage_by_day for the UTC days that the hours from $1 to $2 touch, from usage_hourly. */
export const FOLD_DAYS = `
with buckets as (
  select (h.hour at time zone 'utc')::date as day, h.tool_id, h.plan_id, b.at, sum(b.calls)::int as calls
  from usage_hourly h cross join lateral unnest(h.durations) with ordinality as b(calls, at)
  where ${HOURS_OF_DAYS} group by 1, 2, 3, 4
), spreads as (
  select day, tool_id, plan_id, array_agg(calls order by at) as durations from buckets group by 1, 2, 3
), sums as (
  select (hour at time zone 'utc')::date as day, tool_id, plan_id, sum(calls_success) as success,
    sum(calls_error) as error, sum(calls_timeout) as timeout, sum(calls_pending) as pending, sum(tokens) as tokens
  from usage_hourly where ${HOURS_OF_DAYS} group by 1, 2, 3
)
insert into usage_by_day (day, tool_id, plan_id, calls_success, calls_error, calls_timeout, calls_pending, tokens,
  durations)
select day, tool_id, plan_id, success, error, timeout, pending, tokens, coalesce(durations, '{}')
from sums left join spreads using (day, tool_id, plan_id)`

/**
 * Writes usage_user_days for the UTC days that the hours from $1 to $2 touch, from the users' roll-ups, which
 * settlement updates.
 */
export const FOLD_USER_DAYS = `
insert into usage_user_days (day, user_id, calls_success, calls_failed, tokens)
select day, user_id, sum(calls_success), sum(calls_error + calls_timeout), sum(tokens)
from usage_daily
where day >= ($1::timestamptz at time zone 'utc')::date
  and day <= (($2::timestamptz - interval '1 second') at time zone 'utc')::date
group by day, user_id`

/** Moves folded_until forward to $1, never back, and returns its earlier value. */
export const MOVE_FOLD = `
update usage_folds f set folded_until = greatest(f.folded_until, $1) from usage_folds b
returning b.folded_until as before`

/**
 * Writes the blocks of days that became complete, also by hours without a row. $1 is the start of the hours folded
 * now, $2 the end of those folded before. If hours are folded again, the blocks of their day are written again.
 */
export const FOLD_BLOCKS = `
select hub_fold_blocks((least($1::timestamptz, $2::timestamptz) at time zone 'utc')::date,
  case when $1::timestamptz < $2::timestamptz then ($1::timestamptz at time zone 'utc')::date else 'infinity' end)`

/**
 * Up to which hour the fold may go: hours that ended some minutes ago, and before the start of every transaction that
 * has written or waits to write. A settlement marks its hour as due only if the hour had ended when the settlement
 * started. An earlier settlement that still runs leaves no mark, so its hour must wait for it.
 */
export const FOLDABLE_UNTIL = `
select date_trunc('hour', least(coalesce($1::timestamptz, now()) - interval '2 minutes', min(a.xact_start)), 'UTC')
  as until
from (select 1) one left join pg_stat_activity a on a.datname = current_database() and a.pid <> pg_backend_pid()
  and a.backend_type = 'client backend' and (a.backend_xid is not null or a.wait_event_type = 'Lock')`
