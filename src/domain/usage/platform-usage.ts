/**
 * The platform's usage as SQL. Whole days and hours come from the roll-ups; rows are read only for hours that are not
 * folded, or are due to be folded again. It is one statement and so one snapshot: the sums always equal the rows. Put
 * it after `with`.
 */
const HOURS = `fold as materialized (
  select folded_until, rows_since from usage_folds
), due as materialized (
  select distinct d.hour from usage_hours_due d, fold f where d.hour < f.folded_until and d.hour >= f.rows_since
)`

const rowsOf = (from: string, until: string) => `
  select tool_id, plan_id, status, tokens_used, duration_ms, created_at from usage_logs
  where id >= (select hub_uuid_at(greatest(folded_until, ${from})) from fold) and id < hub_uuid_at(${until})
    and status <> 'trial'
  union all
  select u.tool_id, u.plan_id, u.status, u.tokens_used, u.duration_ms, u.created_at
  from due join usage_logs u on u.id >= hub_uuid_at(due.hour) and u.id < hub_uuid_at(due.hour + interval '1 hour')
  where due.hour >= ${from} and due.hour < ${until} and u.status <> 'trial'`

const CALLS = `count(*) filter (where status = 'success') as calls_success,
  count(*) filter (where status = 'error') as calls_error,
  count(*) filter (where status = 'timeout') as calls_timeout,
  count(*) filter (where status = 'pending') as calls_pending, coalesce(sum(tokens_used), 0) as tokens`

const DAY_OF_HOUR = `(hour at time zone 'utc')::date`
/** The first day that is not completely folded. */
const FOLDED_DAY = `(folded_until at time zone 'utc')::date`

const bucketsOf = (relation: string) => `select tool_id, (b.at - 1)::int as bucket, b.calls::bigint as calls
  from ${relation} cross join lateral unnest(durations) with ordinality as b(calls, at) where b.calls > 0`

const OPEN_BUCKETS = `select tool_id, hub_bucket(duration_ms), count(*) from open_calls
  where status <> 'pending' and duration_ms is not null group by 1, 2`

/**
 * Relations that end with `days` (day, tool_id, plan_id, calls_…, tokens). A day may have several rows, so sum them.
 * `first` and `last` are SQL of dates, both inclusive; `last` must not be null or infinite.
 */
export const platformDays = (first: string, last: string): string => {
  const from = `(${first})::timestamp at time zone 'utc'`
  const until = `(${last} + 1)::timestamp at time zone 'utc'`
  return `${HOURS}, open_calls as (${rowsOf(from, until)}
), days as (
  select day, tool_id, plan_id, calls_success, calls_error, calls_timeout, calls_pending, tokens
  from usage_by_day where day between ${first} and ${last}
  union all
  select (hour at time zone 'utc')::date, tool_id, plan_id, -calls_success, -calls_error, -calls_timeout,
    -calls_pending, -tokens
  from usage_hourly join due using (hour) where hour >= ${from} and hour < ${until}
  union all
  select (created_at at time zone 'utc')::date, tool_id, plan_id, ${CALLS} from open_calls group by 1, 2, 3
)`
}

/**
 * Relations that end with `hours` (hour, tool_id, plan_id, calls_…, tokens) and `spread` (tool_id, bucket, calls:
 * durations of settled calls). `from` and `until` are SQL of whole hours.
 */
export const platformHours = (from: string, until: string): string => `${HOURS}, folded as (
  select h.* from usage_hourly h
  where hour >= ${from} and hour < ${until} and hour not in (select hour from due)
), open_calls as materialized (${rowsOf(from, until)}
), hours as (
  select hour, tool_id, plan_id, calls_success, calls_error, calls_timeout, calls_pending, tokens from folded
  union all
  select date_trunc('hour', created_at, 'UTC'), tool_id, plan_id, ${CALLS} from open_calls group by 1, 2, 3
), spread as (
  ${bucketsOf('folded')}
  union all
  ${OPEN_BUCKETS}
)`

/** The blocks and days that contain the folded part of these days, and the days among them that are due again. */
const blocksOf = (first: string, last: string) => `blocks as materialized (
  select b.days, b.day from fold cross join lateral hub_day_blocks(${first}, least(${last}, ${FOLDED_DAY} - 1)) b
), due_days as materialized (
  select distinct ${DAY_OF_HOUR} as day from due, fold
  where ${DAY_OF_HOUR} between ${first} and ${last} and ${DAY_OF_HOUR} < ${FOLDED_DAY}
)`

/**
 * Relations that end with `spread` for days, like that of `platformHours`; sum its rows. Folded days come from their
 * blocks, minus the days that are due again. The hours of due days and of the open day come from their own roll-up.
 */
export const platformDaySpread = (first: string, last: string): string => {
  const from = `(${first})::timestamp at time zone 'utc'`
  const until = `(${last} + 1)::timestamp at time zone 'utc'`
  return `${HOURS}, ${blocksOf(first, last)}, whole as (
  select k.tool_id, k.durations from blocks b cross join lateral (
    select tool_id, durations from usage_duration_blocks where days = b.days and day = b.day offset 0
  ) k where b.days > 1
  union all
  select d.tool_id, d.durations::bigint[] from blocks b cross join lateral (
    select tool_id, durations from usage_by_day where day = b.day offset 0
  ) d where b.days = 1
), again as (
  select d.tool_id, d.durations from due_days join usage_by_day d using (day)
), parts as (
  select h.tool_id, h.durations from usage_hourly h
  where hour >= greatest(${from}, (select ${FOLDED_DAY} from fold)::timestamp at time zone 'utc') and hour < ${until}
    and hour not in (select hour from due)
  union all
  select h.tool_id, h.durations from due_days d join usage_hourly h
    on h.hour >= d.day::timestamp at time zone 'utc' and h.hour < (d.day + 1)::timestamp at time zone 'utc'
  where hour not in (select hour from due)
), open_calls as materialized (${rowsOf(from, until)}
), spread as (
  ${bucketsOf('whole')}
  union all
  select tool_id, bucket, -calls from (${bucketsOf('again')}) a
  union all
  ${bucketsOf('parts')}
  union all
  ${OPEN_BUCKETS}
)`
}

/** Relations that end with `user_days` (user_id, calls_success, calls_failed, tokens); sum its rows by user. */
export const platformUserDays = (first: string, last: string): string => `${HOURS}, ${blocksOf(
  first,
  last,
)}, user_days as (
  select k.user_id, k.calls_success, k.calls_failed, k.tokens from blocks b cross join lateral (
    select * from usage_user_blocks where days = b.days and day = b.day offset 0
  ) k where b.days > 1
  union all
  select d.user_id, d.calls_success, d.calls_failed, d.tokens from blocks b cross join lateral (
    select * from usage_user_days where day = b.day offset 0
  ) d where b.days = 1
  union all
  select u.user_id, -u.calls_success, -u.calls_failed, -u.tokens from due_days join usage_user_days u using (day)
  union all
  select d.user_id, d.calls_success, d.calls_error + d.calls_timeout, d.tokens from due_days join usage_daily d using (day)
  union all
  select user_id, calls_success, calls_error + calls_timeout, tokens from usage_daily
  where day >= greatest(${first}, (select ${FOLDED_DAY} from fold)) and day <= ${last}
)`
