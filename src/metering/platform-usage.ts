/**
 * The platform's usage as SQL: whole days and hours come from the roll-ups, and from their rows only the hours that
 * are not folded, or are due to be folded again. One statement, so one snapshot: the sums equal the rows at any
 * moment. To be put after `with`.
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
/** The first day that is not folded to its end. */
const FOLDED_DAY = `(folded_until at time zone 'utc')::date`

const bucketsOf = (relation: string) => `select tool_id, (b.at - 1)::int as bucket, b.calls::bigint as calls
  from ${relation} cross join lateral unnest(durations) with ordinality as b(calls, at) where b.calls > 0`

const OPEN_BUCKETS = `select tool_id, hub_bucket(duration_ms), count(*) from open_calls
  where status <> 'pending' and duration_ms is not null group by 1, 2`

/**
 * Relations that end with `days` (day, tool_id, plan_id, calls_…, tokens), several rows a day and to be summed.
 * `first` and `last` are SQL of dates, both inclusive; the last must not be null or infinite.
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

/**
 * Relations that end with `spread`, as `platformHours` has it, for days: whole days from their own roll-up, the hours of
 * a day that is not folded to its end, or is due again, from theirs.
 */
export const platformDaySpread = (first: string, last: string): string => {
  const from = `(${first})::timestamp at time zone 'utc'`
  const until = `(${last} + 1)::timestamp at time zone 'utc'`
  return `${HOURS}, whole as (
  select d.* from usage_by_day d, fold where day between ${first} and ${last} and day < ${FOLDED_DAY}
    and day not in (select ${DAY_OF_HOUR} from due)
), parts as (
  select h.* from usage_hourly h, fold where hour >= ${from} and hour < ${until}
    and hour not in (select hour from due)
    and (${DAY_OF_HOUR} >= ${FOLDED_DAY} or ${DAY_OF_HOUR} in (select ${DAY_OF_HOUR} from due))
), open_calls as materialized (${rowsOf(from, until)}
), spread as (
  ${bucketsOf('whole')}
  union all
  ${bucketsOf('parts')}
  union all
  ${OPEN_BUCKETS}
)`
}

/** Relations that end with `user_days` (day, user_id, calls_success, calls_failed, tokens), to be summed. */
export const platformUserDays = (first: string, last: string): string => `${HOURS}, user_days as (
  select u.day, u.user_id, u.calls_success, u.calls_failed, u.tokens from usage_user_days u, fold
  where u.day between ${first} and ${last} and u.day < ${FOLDED_DAY}
    and u.day not in (select ${DAY_OF_HOUR} from due)
  union all
  select d.day, d.user_id, d.calls_success, d.calls_error + d.calls_timeout, d.tokens from usage_daily d, fold
  where d.day between ${first} and ${last} and d.day >= ${FOLDED_DAY}
  union all
  select d.day, d.user_id, d.calls_success, d.calls_error + d.calls_timeout, d.tokens from usage_daily d
  where d.day in (select ${DAY_OF_HOUR} from due, fold where ${DAY_OF_HOUR} < ${FOLDED_DAY})
    and d.day between ${first} and ${last}
)`
