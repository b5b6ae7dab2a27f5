/**
 * What the panel reads at any size: who used the hub on which day, how long calls took on which day, and the index
 * by which a request id finds its call. Folded days are filled here from what was folded before.
 */
export const panelUp = [
  `create table usage_user_days (
     day date not null,
     user_id uuid not null,
     calls_success bigint not null,
     calls_failed bigint not null,
     tokens bigint not null,
     primary key (day, user_id)
   )`,
  `insert into usage_user_days (day, user_id, calls_success, calls_failed, tokens)
   select day, user_id, sum(calls_success), sum(calls_error + calls_timeout), sum(tokens)
   from usage_daily where day <= (select ((folded_until - interval '1 second') at time zone 'utc')::date from usage_folds)
   group by day, user_id`,

  `alter table usage_by_day add column durations int[] not null default '{}'`,
  `with buckets as (
     select (h.hour at time zone 'utc')::date as day, h.tool_id, h.plan_id, b.at, sum(b.calls)::int as calls
     from usage_hourly h cross join lateral unnest(h.durations) with ordinality as b(calls, at)
     group by 1, 2, 3, 4
   ), spreads as (
     select day, tool_id, plan_id, array_agg(calls order by at) as durations from buckets group by 1, 2, 3
   )
   update usage_by_day d set durations = s.durations from spreads s
   where s.day = d.day and s.tool_id = d.tool_id and s.plan_id = d.plan_id`,

  `create index usage_logs_request_idx on usage_logs (request_id)`,
] as const

export const panelDown = [
  `drop index if exists usage_logs_request_idx`,
  `alter table usage_by_day drop column if exists durations`,
  `drop table if exists usage_user_days`,
] as const
