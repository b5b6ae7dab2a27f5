/** All users who may have a period, by id: $1 is the last id of the page before, $2 the page size. */
export const NEXT_USERS = `
select user_id from (
  (select id as user_id from users where id > $1 order by id limit $2)
  union
  (select user_id from subscriptions where user_id > $1 order by user_id limit $2)
  union
  (select distinct user_id from subscription_periods where user_id > $1 order by user_id limit $2)
) u order by user_id limit $2`

/**
 * The periods of the users $1: the current one, and those that ended after $2 (null: all), if all their rows still
 * exist. Rows are found by user and by the time in their id, starting a day early, as a clock may have been behind.
 * Each row of the result has the number of periods; its figure is null if nothing differs.
 */
export const CHECK_USERS = `
with looked_at as materialized (
  -- From the first period that is asked for on, every period and every row counts. Of a period that began before
  -- the retention's bound some rows are gone.
  select u.id as user_id, s.user_id is not null as subscribed, s.calls_in_flight,
    greatest(f.whole_since, least(s.period_start, coalesce($2::timestamptz, f.whole_since),
      (select min(p.period_start) from subscription_periods p where p.user_id = u.id and p.period_end >= $2))) as since
  from unnest($1::uuid[]) u(id) left join subscriptions s on s.user_id = u.id
  cross join (
    select case when rows_since > 'epoch' then rows_since + interval '1 minute' else 'epoch' end as whole_since
    from usage_folds
  ) f
), counters as materialized (
  select user_id, period_start, sum(tokens_used) as charged, sum(tokens_held) as held
  from (
    select user_id, period_start, tokens_used, tokens_held from subscriptions where user_id = any ($1)
    union all
    select user_id, period_start, tokens_used, tokens_held from subscription_periods where user_id = any ($1)
  ) kept join looked_at l using (user_id) where period_start >= l.since
  group by user_id, period_start
), rows as materialized (
  select l.user_id, r.period_start, r.charged, r.held, r.flying, r.calls from looked_at l
  cross join lateral (
    select period_start, sum(tokens_used) as charged,
      coalesce(sum(tokens_held) filter (where status = 'pending'), 0) as held,
      count(*) filter (where status = 'pending') as flying, count(*) filter (where status <> 'pending') as calls
    from usage_logs u where u.user_id = l.user_id and u.id >= hub_uuid_at(greatest(l.since - interval '1 day', 'epoch'))
      and u.period_start >= l.since and u.status <> 'trial'
    group by period_start
  ) r
), rolled as materialized (
  select l.user_id, d.period_start, sum(d.tokens) as tokens,
    sum(d.calls_success + d.calls_error + d.calls_timeout) as calls
  from looked_at l join usage_daily d on d.user_id = l.user_id and d.period_start >= l.since
  group by l.user_id, d.period_start
), periods as (
  -- Rows whose period is kept nowhere are drift as well, unless their user is gone.
  select user_id, period_start, r.charged, r.held, c.charged as counted, c.held as counted_held
  from counters c full join rows r using (user_id, period_start)
  where c.user_id is not null or user_id in (select id from users)
), corrections as (
  select c.user_id, u.period_start, sum(u.tokens_used) as charged, sum(c.tokens_after) as corrected
  from (select distinct on (usage_id) user_id, usage_id, tokens_after from usage_corrections
        where user_id = any ($1) order by usage_id, id desc) c
  join looked_at l on l.user_id = c.user_id
  join usage_logs u on u.id = c.usage_id and u.period_start >= l.since
  group by c.user_id, u.period_start
), compared as (
  select user_id, period_start, 'charged' as figure, coalesce(charged, 0) as rows, coalesce(counted, 0) as found
  from periods
  union all
  select user_id, period_start, 'held', coalesce(held, 0), coalesce(counted_held, 0) from periods
  union all
  select user_id, period_start, 'rolled tokens', coalesce(r.charged, 0), coalesce(d.tokens, 0)
  from rows r full join rolled d using (user_id, period_start)
  union all
  select user_id, period_start, 'rolled calls', coalesce(r.calls, 0), coalesce(d.calls, 0)
  from rows r full join rolled d using (user_id, period_start)
  union all
  select user_id, period_start, 'corrected', charged, corrected from corrections
  union all
  select l.user_id, null, 'flying', coalesce(sum(r.flying), 0), l.calls_in_flight
  from looked_at l left join rows r on r.user_id = l.user_id
  where l.subscribed group by l.user_id, l.calls_in_flight
  union all
  select l.user_id, s.period_start, 'granted', coalesce(g.tokens, 0),
    coalesce((select sum(e) from unnest(s.extra_tokens) e), 0)
  from looked_at l join subscriptions s on s.user_id = l.user_id
  left join lateral (
    select sum(tokens - taken_back) as tokens from token_grants g where g.user_id = s.user_id and g.period_start = s.period_start
  ) g on true
), drifts as (
  select user_id as "userId", period_start as "periodStart", figure, rows::float8 as rows, found::float8 as found
  from compared where rows is distinct from found
)
select (select count(*) from counters)::float8 as periods, d.*
from (select 1) one left join drifts d on true order by d."userId", d."periodStart", d.figure`

/**
 * Compares the platform's roll-up of the days since $1 (null: all) with the users' roll-ups, for days whose hours are
 * all folded and not due to be folded again.
 */
export const CHECK_DAYS = `
with days as (
  select day, 0::numeric as tokens, 0::numeric as calls, sum(tokens) as folded_tokens,
    sum(calls_success + calls_error + calls_timeout) as folded_calls
  from usage_by_day where $1::timestamptz is null or day >= ($1 at time zone 'utc')::date group by day
  union all
  select day, sum(tokens), sum(calls_success + calls_error + calls_timeout), 0, 0
  from usage_daily where $1::timestamptz is null or day >= ($1 at time zone 'utc')::date group by day
)
select null as "userId", day::timestamp at time zone 'utc' as "periodStart", figure, rows::float8, found::float8
from (
  select day, sum(tokens) as tokens, sum(calls) as calls, sum(folded_tokens) as folded_tokens,
    sum(folded_calls) as folded_calls from days group by day
) d cross join lateral (values
  ('platform tokens', tokens, folded_tokens), ('platform calls', calls, folded_calls)
) f(figure, rows, found)
where rows <> found and (day + 1)::timestamp at time zone 'utc' <= (select folded_until from usage_folds)
  and not exists (select from usage_hours_due h where (h.hour at time zone 'utc')::date = day)
order by day, figure`
