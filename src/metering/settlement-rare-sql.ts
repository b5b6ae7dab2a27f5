import { ADD_TO_DAY, isRow, NOW, OUTCOME } from './settlement-sql'

/**
 * Settlement of any batch, in one statement. Balance rows are locked first, sorted, as admission does; then the
 * usage rows that are still open: pending, or settled by the sweep ('ABANDONED'), whose late settlement is
 * applied once and corrects row, roll-up and charge. A row is charged to the period stored in it:
 *
 * - 'current': the balance row, where it is still in that period;
 * - 'ended':   the period's own row in subscription_periods;
 * - 'again':   neither is seen. The period may have ended while this statement waited, and then the next
 *   statement sees its row; so the call stays as it is and is settled by that one;
 * - 'gone':    not seen by that next one either: nothing is left to charge, only the row is completed.
 *
 * A swept call whose Idempotency-Key was given to another call meanwhile is completed without a charge: one
 * key is charged at most once.
 *
 * It answers the ids of the rows that are 'again'.
 *
 * Parameters: as those of SETTLE_SQL, and $16 answers, $17 whether this is not the first try of this statement,
 * $18 and $19 what a model's provider wrote to its cache for 5 minutes and for an hour.
 */
export const SETTLE_RARE_SQL = `
with asked as materialized (
  select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::int[], $7::text[],
    $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::int[], $16::text[], $17::bool[], $18::bigint[],
    $19::bigint[])
    as i(usage_id, user_id, status, tokens, source, duration_ms, error_code, input_tokens,
      cached_input_tokens, output_tokens, reasoning_tokens, first_token_ms, answer, retried, cache_write_5m_tokens,
      cache_write_1h_tokens)
), balance as materialized (
  select s.user_id, s.period_start from subscriptions s where s.user_id = any ($2::uuid[])
  order by s.user_id for no key update
), open as materialized (
  select u.id, u.user_id, u.tool_id, u.plan_id, u.period_start, u.tokens_held, u.tokens_used as tokens_before,
    u.status as status_before, u.idempotency_key as key, u.idempotency_hash as body_hash,
    i.status, i.tokens, i.source, i.duration_ms, i.error_code, i.answer, i.retried,
    i.input_tokens, i.cached_input_tokens, i.output_tokens, i.reasoning_tokens, i.first_token_ms,
    i.cache_write_5m_tokens, i.cache_write_1h_tokens
  from asked i join usage_logs u on ${isRow('i.usage_id')} and u.user_id = i.user_id
  where (u.status = 'pending' or (u.error_code = 'ABANDONED' and i.error_code is distinct from 'ABANDONED'))
    and (select count(*) from balance) >= 0 -- the balances are locked first
  order by u.id for no key update of u
), placed as materialized (
  select o.*, o.status_before = 'pending' as holding, b.user_id is not null as subscribed,
    o.key is not null and (o.status = 'success' or o.tokens > 0) as keeps_key,
    case when b.period_start = o.period_start then 'current' when p.user_id is not null then 'ended'
      when o.retried then 'gone' else 'again' end as place
  from open o
  left join balance b on b.user_id = o.user_id
  left join subscription_periods p on p.user_id = o.user_id and p.period_start = o.period_start
    and p.user_id = any ($2::uuid[])
), kept as (
  insert into idempotency_keys as k (user_id, tool_id, key, body_hash, usage_id, answer, created_at, expires_at)
  select user_id, tool_id, key, body_hash, id, coalesce(answer, 'null'), hub_uuid_time(id),
    hub_uuid_time(id) + interval '24 hours'
  from placed where keeps_key and subscribed and place <> 'again' order by user_id, tool_id, key
  on conflict (user_id, tool_id, key) do update set answer = excluded.answer where k.usage_id = excluded.usage_id
  returning usage_id
), freed as (
  delete from idempotency_keys k using placed p
  where k.user_id = any ($2::uuid[]) and k.user_id = p.user_id and k.tool_id = p.tool_id and k.key = p.key
    and k.usage_id = p.id and not p.keeps_key and p.place <> 'again'
), settled as materialized (
  select p.*, case when not holding and keeps_key and id not in (select usage_id from kept) then 0
    else tokens end as charge
  from placed p where place <> 'again'
), charges as materialized (
  select user_id, period_start, place, sum(charge - tokens_before) as tokens,
    coalesce(sum(tokens_held) filter (where holding), 0) as released, count(*) filter (where holding) as calls
  from settled where place in ('current', 'ended') group by user_id, period_start, place
), counted as (
  update subscriptions s set tokens_used = s.tokens_used + c.tokens, tokens_held = s.tokens_held - c.released,
    calls_in_flight = greatest(0, s.calls_in_flight - c.calls)
  from (
    select user_id, sum(calls) as calls, coalesce(sum(tokens) filter (where place = 'current'), 0) as tokens,
      coalesce(sum(released) filter (where place = 'current'), 0) as released
    from charges group by user_id
  ) c where s.user_id = c.user_id and s.user_id = any ($2::uuid[])
), ended as materialized (
  select p.user_id, p.period_start from subscription_periods p
  where p.user_id = any ($2::uuid[])
    and (p.user_id, p.period_start) in (select user_id, period_start from charges where place = 'ended')
  order by p.user_id, p.period_start for no key update
), corrected as (
  update subscription_periods p set tokens_used = p.tokens_used + c.tokens, tokens_held = p.tokens_held - c.released
  from charges c
  where c.place = 'ended' and p.user_id = any ($2::uuid[]) and p.user_id = c.user_id
    and p.period_start = c.period_start and (select count(*) from ended) >= 0
), completed as (
  update usage_logs u set status = s.status, tokens_used = s.charge, ${OUTCOME},
    cache_write_5m_tokens = s.cache_write_5m_tokens, cache_write_1h_tokens = s.cache_write_1h_tokens
  from settled s where ${isRow('s.id')}
), raised as (
  insert into usage_daily as d
    (user_id, period_start, plan_id, tool_id, day, calls_success, calls_error, calls_timeout, tokens)
  select user_id, period_start, plan_id, tool_id, (hub_uuid_time(id) at time zone 'utc')::date,
    count(*) filter (where status = 'success') - count(*) filter (where not holding and status_before = 'success'),
    count(*) filter (where status = 'error') - count(*) filter (where not holding and status_before = 'error'),
    count(*) filter (where status = 'timeout') - count(*) filter (where not holding and status_before = 'timeout'),
    sum(charge - tokens_before)
  from settled group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
  ${ADD_TO_DAY}
), due as (
  -- Calls of an hour that is over: it may be folded already, and is folded again.
  insert into usage_hours_due (hour)
  select distinct date_trunc('hour', hub_uuid_time(id), 'UTC') from settled
  where id < (select hub_uuid_at(date_trunc('hour', ${NOW}, 'UTC')))
)
select id::text from placed where place = 'again'`
