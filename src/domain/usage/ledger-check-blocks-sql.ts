/**
 * Compares the sums per user of folded days with the users' roll-ups, and each block of days with its days, for the
 * days since $1 (null: all) and the blocks that end after it. `rows` counts the users there, `found` those of them
 * whose sums are right (plus one if the block has a user that its days do not have); or both count the calls in the
 * histograms.
 */
export const CHECK_BLOCKS = `
with fold as materialized (
  select (folded_until at time zone 'utc')::date as day,
    coalesce(($1::timestamptz at time zone 'utc')::date, date '0001-01-01') as since from usage_folds
), sizes as (
  select days, hub_block_start(fold.since, days) as since, hub_block_start(fold.day, days) as until
  from (values (4), (16), (64)) v(days), fold
), user_days as (
  select d.day, d.user_id, sum(d.calls_success + d.calls_error + d.calls_timeout) as calls, sum(d.tokens) as tokens
  from usage_daily d, fold
  where d.day >= fold.since and d.day < fold.day
    and not exists (select from usage_hours_due h where (h.hour at time zone 'utc')::date = d.day)
  group by d.day, d.user_id
), users as (
  select 1 as days, day, a.user_id is not null as asked, (a.calls, a.tokens) = (b.calls_success + b.calls_failed, b.tokens) as equal
  from user_days a full join (
    select u.* from usage_user_days u, fold where u.day >= fold.since and u.day < fold.day
      and not exists (select from usage_hours_due h where (h.hour at time zone 'utc')::date = u.day)
  ) b using (day, user_id)
  union all
  select days, day, a.user_id is not null, (a.succeeded, a.failed, a.tokens) = (b.calls_success, b.calls_failed, b.tokens)
  from (
    select s.days, hub_block_start(u.day, s.days) as day, u.user_id, sum(u.calls_success) as succeeded,
      sum(u.calls_failed) as failed, sum(u.tokens) as tokens
    from sizes s join usage_user_days u on u.day >= s.since and u.day < s.until group by 1, 2, 3
  ) a full join (
    select b.* from sizes s join usage_user_blocks b on b.days = s.days and b.day >= s.since and b.day < s.until
  ) b using (days, day, user_id)
), durations as (
  select days, day, sum(asked) as rows, sum(found) as found from (
    select s.days, hub_block_start(d.day, s.days) as day, c.calls::numeric as asked, 0 as found
    from sizes s join usage_by_day d on d.day >= s.since and d.day < s.until cross join lateral unnest(d.durations) c(calls)
    union all
    select b.days, b.day, 0, c.calls from sizes s
    join usage_duration_blocks b on b.days = s.days and b.day >= s.since and b.day < s.until
    cross join lateral unnest(b.durations) c(calls)
  ) each group by days, day
)
select null as "userId", day::timestamp at time zone 'utc' as "periodStart", figure, rows::float8, found::float8
from (
  select days, day, 'users of days' as figure, count(*) filter (where asked) as rows,
    count(*) filter (where equal) + count(*) filter (where not asked) as found
  from users group by days, day having not bool_and(asked and coalesce(equal, false))
  union all
  select days, day, 'durations of days', rows, found from durations where rows <> found
) drifts order by day, days, figure`
