import { decisionsOfBatch, NOW } from './admission-decisions-sql'

/** Decided, and then one write per row: balance, ended period, usage row. */
const admission = (rare: boolean) => `
with ${decisionsOfBatch(rare)}, ${rare ? RARE_WRITES : BALANCE}, logged as (
  insert into usage_logs (id, user_id, api_key_id, tool_id, tool_name, plan_id, period_start, status, tokens_held,
    request_id, instance_id, deadline_at, created_at, updated_at${rare ? ', idempotency_key, idempotency_hash' : ''})
  select ${USAGE_ID}, caller_id, api_key_id, tool_id, tool_name, plan_now, start_now, 'pending', take,
    ($9::uuid[])[ord], $11::uuid, ${NOW} + ($10::int[])[ord] * interval '1 millisecond', hub_uuid_time(${USAGE_ID}),
    ${NOW}${rare ? `, key, ${BODY_HASH}` : ''}
  from decided where ${rare ? ENTERED : 'fits'} order by 1
)
select ord::int, ${admissionRow(rare ? ENTERED : 'fits', KEY_IS_STORED)}
from decided`

/** The columns of an AdmissionRow, of a decided call; `entered` says whether it is admitted. */
export const admissionRow = (entered: string, keyIsStored: string) => `
  case when not ${entered} then coalesce(final, 'again') end as refusal,
  caller_id as user_id, api_key_id, expired, ${keyIsStored} as key_is_stored,
  take::float8 as take, plan_name, minimum_tier::text as minimum_tier, token_limit::float8 as token_limit,
  used::float8 as used, held::float8 as held, case when final is not null then end_now end as period_ends_at,
  requests_per_minute, burst, calls_at_once,
  extract(epoch from arrival + (case when final is null then rank + 1 else 0 end) * step - ${NOW})::float8 * 1000
    as rate_wait_ms`

const KEY_IS_STORED =
  'caller_id is null and exists (select from api_keys k where k.key_hash = ($1::text[])[ord])'

const USAGE_ID = '($8::uuid[])[ord]'
const BODY_HASH = `decode(($14::text[])[ord], 'hex')`

/** Which of the calls that fit are admitted, where some of them have an Idempotency-Key. */
const ENTERED = `(fits and (key is null or ${USAGE_ID} in (select usage_id from claimed)))`

const added = (which: string) => `(
    select subscription_id, count(*) as calls, sum(take) as tokens, min(arrival) + count(*) * min(step) as next_rate_at
    from decided where ${which} group by subscription_id
  )`

const BALANCE = `balance as (
  update subscriptions s set tokens_held = s.tokens_held + a.tokens, calls_in_flight = s.calls_in_flight + a.calls,
    rate_at = a.next_rate_at
  from ${added('fits')} a
  where s.id = a.subscription_id and s.id = any (array(select subscription_id from decided where fits))
)`

const RARE_WRITES = `claimed as (
  insert into idempotency_keys (user_id, tool_id, key, body_hash, usage_id, created_at, expires_at)
  select caller_id, tool_id, key, ${BODY_HASH}, ${USAGE_ID}, ${NOW}, ${NOW} + interval '24 hours'
  from decided where fits and key is not null order by caller_id, tool_id, key
  on conflict do nothing returning usage_id
), changed as materialized (
  select r.*, coalesce(a.calls, 0) as calls, coalesce(a.tokens, 0) as tokens, a.next_rate_at
  from rolled r left join ${added(ENTERED)} a on a.subscription_id = r.id
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
)`

/**
 * Admission of a batch, in one statement. READ COMMITTED gives it one snapshot; a row that it had to wait for
 * is seen anew, everything else as of the statement's start. Hence the order of its parts:
 *
 * 1. `called`   who calls. 2. `locked` the balance rows, alone and sorted (no deadlock, no row lost to a join).
 * 3. `rolled`   each balance in its current period, by arithmetic. 4. `considered` what does not depend on
 * counters. 5. `alone` what the call would get without its batch-mates: that refusal is final.
 * 6. `decided`  with its batch-mates before it; refused only because of them means 'again'.
 *
 * The first call of each user in a batch is never refused because of batch-mates, so 'again' comes to an end.
 *
 * Starting a statement of many parts takes PostgreSQL longer than running it for a few calls. So there are two of one
 * text: this one leaves out what an Idempotency-Key and a balance whose period is over need, and answers 'again' for
 * such a balance.
 *
 * Parameters: $1 key hashes, $2 session ids, $3 session users, $4 tools, $5 their revisions, $6 holds, $7 the least of
 * each that will do (an exact hold: all of it), $8 usage ids, $9 request ids, $10 deadlines (ms), $11 instance, $12 now
 * (null: the database's clock).
 */
export const ADMIT_SQL = admission(false)

/** The same for any batch. Parameters: as above, and $13 idempotency keys, $14 body hashes (hex). */
export const ADMIT_RARE_SQL = admission(true)
