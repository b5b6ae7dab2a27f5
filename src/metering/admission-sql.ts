import { CREDENTIAL_SQL } from '../accounts/credential-sql'
import { OPENS_SQL } from '../billing/plans'

/**
 * Admission of a batch, in one statement. READ COMMITTED gives it one snapshot; a row that it had to wait for
 * is seen anew, everything else as of the statement's start. Hence the order of its parts:
 *
 * 1. `called`   who calls. 2. `locked` the balance rows, alone and sorted (no deadlock, no row lost to a join).
 * 3. `rolled`   each balance in its current period, by arithmetic. 4. `considered` what does not depend on
 * counters. 5. `alone` what the call would get without its batch-mates: that refusal is final.
 * 6. `decided`  with its batch-mates before it; refused only because of them means 'again'.
 * 7. `claimed`, `admitted`, and then one write per row: balance, ended period, usage row.
 *
 * The first call of each user in a batch is never refused because of batch-mates, so 'again' comes to an end.
 *
 * Parameters: $1 key hashes, $2 session ids, $3 session users, $4 tools, $5 their revisions, $6 usage ids,
 * $7 request ids, $8 holds, $9 the least of each that will do (an exact hold: all of it), $10 deadlines (ms), $11 instances, $12 idempotency keys,
 * $13 body hashes (hex), $14 now (null: the database's clock).
 */
export const ADMIT_SQL = `
with asked as materialized (
  select i.*, coalesce($14::timestamptz, now()) as at
  from unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::uuid[], $7::uuid[], $8::bigint[],
    $9::bigint[], $10::int[], $11::uuid[], $12::text[], $13::text[]) with ordinality
    as i(key_hash, session_id, user_id, tool_id, tool_revision, usage_id, request_id, hold,
      at_least, deadline_ms, instance_id, key, body_hash, ord)
), called as materialized (
  select asked.*, caller.user_id as caller_id, caller.api_key_id from asked left join ${CREDENTIAL_SQL} on true
), locked as materialized (
  select s.id, s.user_id, s.plan_id, s.pending_plan_id, s.status::text as status, s.started_at, s.period_start,
    s.period_end, s.tokens_used, s.tokens_held, s.calls_in_flight, s.rate_at, s.extra_tokens, s.extra_until, s.paused_at
  from subscriptions s
  where s.user_id = any (array(select distinct caller_id from called where caller_id is not null))
  order by s.user_id for no key update
), due as materialized (
  -- The anchor alone says which period it is; comparing starts keeps an edited period_end from ending one twice.
  select l.*, at, at >= l.period_end and l.status = 'active' and hub_period_start(l.started_at, at) > l.period_start
      as rolls,
    l.status = 'expired' or (l.status = 'cancelled' and at >= l.period_end) as expired
  from locked l cross join (select coalesce($14::timestamptz, now()) as at) clock
), rolled as materialized (
  select d.*,
    case when rolls then coalesce(pending_plan_id, plan_id) else plan_id end as plan_now,
    case when rolls then hub_period_start(started_at, at) else period_start end as start_now,
    case when rolls then hub_period_end(started_at, at) else period_end end as end_now,
    case when rolls then 0 else tokens_used end as used,
    case when rolls then 0 else tokens_held end as held,
    case when rolls or extra_tokens is null then 0 else hub_extra_tokens(extra_tokens, extra_until, at) end as extra,
    greatest(rate_at, at) as arrival
  from due d
), considered as materialized (
  select c.*, coalesce(r.expired, false) as expired, r.plan_now, r.start_now, r.end_now, r.used, r.held, r.calls_in_flight, r.arrival,
    t.name as tool_name, t.minimum_tier,
    p.token_limit + r.extra as token_limit, p.calls_at_once, p.burst, p.requests_per_minute, p.name as plan_name,
    p.token_limit + r.extra - r.used - r.held as free,
    interval '60 seconds' / p.requests_per_minute as step,
    case
      when c.caller_id is null then 'unauthorized'
      when t.id is null or t.is_active is not true or t.revision <> c.tool_revision then 'stale'
      when c.key is not null and exists (select from idempotency_keys k where k.user_id = c.caller_id
        and k.tool_id = c.tool_id and k.key = c.key) then 'idempotency-known'
      when c.key is not null
        and row_number() over (partition by c.caller_id, c.tool_id, c.key order by c.ord) > 1 then 'again'
      when r.paused_at is not null then 'paused'
      when r.id is null or r.expired then 'no-subscription'
      when p.id is null then 'again' -- a plan that was made while this statement waited
      when not ${OPENS_SQL('p', 't')} then 'plan-too-low'
    end as refusal
  from called c
  left join tools t on t.id = c.tool_id
  left join rolled r on r.user_id = c.caller_id
  left join plans p on p.id = r.plan_now
), wanting as materialized (
  select c.*, greatest(at_least, least(hold, free)) as want,
    (burst - 1) * step as tolerance
  from considered c
), alone as materialized (
  select w.*, case
      when refusal is not null then refusal
      when arrival - at > tolerance then 'rate-limited'
      when calls_in_flight >= calls_at_once then 'too-many-at-once'
      when want > 0 and used >= token_limit then 'spent'
      when at_least > 0 and at_least > token_limit - used then 'too-large'
      when want > 0 and want > free then 'held'
    end as final
  from wanting w
), ranked as (
  select a.*, row_number() over mates - 1 as rank,
    coalesce(sum(want) over (mates rows between unbounded preceding and 1 preceding), 0) as before
  from alone a where final is null window mates as (partition by caller_id order by ord)
), decided as materialized (
  select r.*, greatest(0, least(want, free - before)) as take,
    arrival + rank * step - at <= tolerance and calls_in_flight + rank < calls_at_once
      and (want = 0 or before + at_least <= free) as fits
  from ranked r
), claimed as (
  insert into idempotency_keys (user_id, tool_id, key, body_hash, usage_id, created_at, expires_at)
  select caller_id, tool_id, key, decode(body_hash, 'hex'), usage_id, at, at + interval '24 hours'
  from decided where fits and key is not null order by caller_id, tool_id, key
  on conflict do nothing returning usage_id
), admitted as materialized (
  select d.* from decided d where fits and (key is null or usage_id in (select usage_id from claimed))
), changed as materialized (
  select r.*, coalesce(a.calls, 0) as calls, coalesce(a.tokens, 0) as tokens, a.next_rate_at
  from rolled r left join (
    select caller_id, count(*) as calls, sum(take) as tokens, min(arrival) + count(*) * min(step) as next_rate_at
    from admitted group by caller_id
  ) a on a.caller_id = r.user_id
  where r.rolls or a.calls > 0
), balance as (
  update subscriptions s set plan_id = c.plan_now,
    pending_plan_id = case when c.rolls then null else c.pending_plan_id end,
    period_start = c.start_now, period_end = c.end_now, tokens_used = c.used, tokens_held = c.held + c.tokens,
    calls_in_flight = c.calls_in_flight + c.calls,
    rate_at = case when c.calls > 0 then c.next_rate_at else c.rate_at end,
    extra_tokens = case when c.rolls then null else c.extra_tokens end,
    extra_until = case when c.rolls then null else c.extra_until end
  from changed c where s.id = c.id and s.id = any (array(select id from changed))
), ended as (
  insert into subscription_periods as e
    (user_id, period_start, period_end, plan_id, token_limit, tokens_used, tokens_held)
  select c.user_id, c.period_start, c.period_end, c.plan_id, coalesce(p.token_limit, 0)
      + hub_extra_tokens(c.extra_tokens, c.extra_until, c.period_end - interval '1 millisecond'), c.tokens_used, c.tokens_held
  from changed c left join plans p on p.id = c.plan_id where c.rolls order by c.user_id
  on conflict (user_id, period_start) do update
    set tokens_used = e.tokens_used + excluded.tokens_used, tokens_held = e.tokens_held + excluded.tokens_held
), logged as (
  insert into usage_logs (id, user_id, api_key_id, tool_id, tool_name, plan_id, period_start, status, tokens_held,
    request_id, instance_id, deadline_at, idempotency_key, idempotency_hash, created_at, updated_at)
  select usage_id, caller_id, api_key_id, tool_id, tool_name, plan_now, start_now, 'pending', take,
    request_id, instance_id, at + deadline_ms * interval '1 millisecond', key, decode(body_hash, 'hex'),
    hub_uuid_time(usage_id), at
  from admitted order by usage_id
)
select a.ord::int, coalesce(a.final, case when m.usage_id is null then 'again' end) as refusal,
  a.caller_id as user_id, a.api_key_id, a.expired,
  a.caller_id is null and a.key_hash is not null
    and exists (select from api_keys k where k.key_hash = a.key_hash) as key_is_stored,
  m.take::float8 as take, a.plan_name, a.minimum_tier::text as minimum_tier,
  a.token_limit::float8 as token_limit, a.used::float8 as used, a.held::float8 as held, a.end_now as period_ends_at,
  a.requests_per_minute, a.burst, a.calls_at_once,
  extract(epoch from a.arrival + coalesce(d.rank + 1, 0) * a.step - a.at)::float8 * 1000 as rate_wait_ms
from alone a
left join decided d on d.ord = a.ord
left join admitted m on m.ord = a.ord
order by a.ord`
