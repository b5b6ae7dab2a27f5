/**
 * Sums for long ranges of the whole platform: folded days are also stored in blocks of 4, 16 and 64 days, by user and (as
 * histograms of durations) by tool. Any range consists of a few blocks and days: the active users of a year are read from
 * about twenty of them. A block exists once all its days are folded, and equals their sum.
 */
export const dayBlocksUp = [
  `create table usage_user_blocks (
     days int not null,
     day date not null,
     user_id uuid not null,
     calls_success bigint not null,
     calls_failed bigint not null,
     tokens bigint not null,
     primary key (days, day, user_id)
   )`,
  `create table usage_duration_blocks (
     days int not null,
     day date not null,
     tool_id uuid not null,
     durations bigint[] not null,
     primary key (days, day, tool_id)
   )`,

  // The first day of the block of this size that contains a day.
  `create function hub_block_start(day date, days int) returns date
   language sql immutable strict parallel safe as $$
     select date '0001-01-01' + ((day - date '0001-01-01') / days) * days
   $$`,

  // The fewest blocks and single days that make up the days from first to last.
  `create function hub_day_blocks(first date, last date) returns table (days int, day date)
   language sql immutable strict parallel safe rows 20 as $$
     select s.days, b.day
     from (values (1), (4), (16), (64)) s(days)
     cross join lateral (
       select hub_block_start(first + s.days - 1, s.days) + n * s.days as day
       from generate_series(0, (last - first) / s.days) n
     ) b
     cross join lateral (select hub_block_start(b.day, s.days * 4) as day) larger
     where b.day + s.days - 1 <= last
       and (s.days = 64 or larger.day < first or larger.day + s.days * 4 - 1 > last)
   $$`,

  // Writes the blocks that contain a day from first to last and whose days are all folded, each from the next smaller size.
  `create function hub_fold_blocks(first date, last date) returns void language plpgsql as $$
   declare
     folded_day date := (select (folded_until at time zone 'utc')::date from usage_folds);
     size int;
     since date;
     until date;
   begin
     foreach size in array array[4, 16, 64] loop
       since := hub_block_start(first, size);
       until := hub_block_start(least(last, folded_day - size), size) + size - 1;
       continue when until < since;
       delete from usage_user_blocks b where b.days = size and b.day between since and until;
       insert into usage_user_blocks (days, day, user_id, calls_success, calls_failed, tokens)
       select size, hub_block_start(p.day, size), p.user_id, sum(p.calls_success), sum(p.calls_failed), sum(p.tokens)
       from (
         select d.day, d.user_id, d.calls_success, d.calls_failed, d.tokens from usage_user_days d
         where size = 4 and d.day between since and until
         union all
         select b.day, b.user_id, b.calls_success, b.calls_failed, b.tokens from usage_user_blocks b
         where b.days = size / 4 and b.day between since and until
       ) p group by 2, 3 order by 2, 3;
       delete from usage_duration_blocks b where b.days = size and b.day between since and until;
       insert into usage_duration_blocks (days, day, tool_id, durations)
       select size, s.day, s.tool_id, array_agg(s.calls order by s.at)
       from (
         select hub_block_start(p.day, size) as day, p.tool_id, c.at, sum(c.calls)::bigint as calls
         from (
           select d.day, d.tool_id, d.durations::bigint[] as durations from usage_by_day d
           where size = 4 and d.day between since and until
           union all
           select b.day, b.tool_id, b.durations from usage_duration_blocks b
           where b.days = size / 4 and b.day between since and until
         ) p cross join lateral unnest(p.durations) with ordinality as c(calls, at) group by 1, 2, 3
       ) s group by 2, 3 order by 2, 3;
     end loop;
   end $$`,

  // No fold may run between this filling and the folds that keep it. Days of an earlier filling lie anyhow: a day is
  // read at once, so its rows belong side by side, as folds leave them.
  `select pg_advisory_xact_lock(hashtext('hub.fold'))`,
  `cluster usage_user_days using usage_user_days_pkey`,
  `select hub_fold_blocks('0001-01-01', 'infinity')`,
] as const

export const dayBlocksDown = [
  `drop function if exists hub_fold_blocks(date, date)`,
  `drop function if exists hub_day_blocks(date, date)`,
  `drop function if exists hub_block_start(date, int)`,
  `drop table if exists usage_duration_blocks`,
  `drop table if exists usage_user_blocks`,
] as const
