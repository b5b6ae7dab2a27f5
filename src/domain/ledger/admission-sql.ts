import { type Clauses, FULL, USUAL } from '../../platform/database/clauses'
import { preparedStatement } from '../../platform/database/prepared-statement'
import { decisions } from './admission-decisions-sql'
import { ADMISSION_PARAMETERS, KEY_PARAMETERS } from './admission-values'
import { NOW } from './clock-sql'

const USAGE_ID = '(:usage_ids::uuid[])[ord]'
const BODY_HASH = `decode((:body_hashes::text[])[ord], 'hex')`

/**
 * Admission of a batch, in one statement. READ COMMITTED gives it one snapshot: it reads a row again after waiting
 * for its lock, and everything else as of the statement's start. That is why its parts have this order:
 *
 * 1. `called` finds who calls.
 * 2. `locked` locks the balance rows, alone and sorted, so that no deadlock occurs and no join loses a row.
 * 3. `rolled` puts each balance in its current period, by arithmetic.
 * 4. `considered` adds everything that does not depend on counters.
 * 5. `alone` decides each call as if it were alone in its batch: this refusal is final.
 * 6. `decided` adds the calls before it in the batch; a call refused only because of them gets 'again'.
 * 7. Then one write per row: balance, ended period, usage row.
 *
 * The first call of each user in a batch is never refused because of other calls in it, so no call gets 'again' for
 * ever.
 */
const admission = (clauses: Clauses): string => {
  const { rare } = clauses
  /** The calls that are admitted. Calls that fit and have an Idempotency-Key must also have claimed it. */
  const entered = `(fits ${rare(`and (key is null or ${USAGE_ID} in (select usage_id from claimed))`)})`
  return `
with ${decisions(clauses)},
${rare(CLAIMED)}
added as (
  select subscription_id as id, count(*) as calls, sum(take) as tokens, min(arrival) + count(*) * min(step) as next_rate_at
  from decided where ${entered} group by subscription_id
),
${rare(ENDED)}
${balance(clauses)}, logged as (
  insert into usage_logs (id, user_id, api_key_id, tool_id, tool_name, plan_id, period_start, status, tokens_held,
    request_id, instance_id, deadline_at, created_at, updated_at ${rare(', idempotency_key, idempotency_hash')})
  select ${USAGE_ID}, caller_id, api_key_id, tool_id, tool_name, plan_now, start_now, 'pending', take,
    (:request_ids::uuid[])[ord], :instance_id::uuid, ${NOW} + (:deadlines_ms::int[])[ord] * interval '1 millisecond',
    hub_uuid_time(${USAGE_ID}), ${NOW} ${rare(`, key, ${BODY_HASH}`)}
  from decided where ${entered} order by 1
)
select ord::int, case when not ${entered} then coalesce(final, 'again') end as refusal,
  caller_id as user_id, api_key_id, expired,
  caller_id is null and exists (select from api_keys k where k.key_hash = (:key_hashes::text[])[ord]) as key_is_stored,
  take::float8 as take, plan_name, minimum_tier::text as minimum_tier, token_limit::float8 as token_limit,
  used::float8 as used, held::float8 as held, case when final is not null then end_now end as period_ends_at,
  requests_per_minute, burst, calls_at_once,
  extract(epoch from arrival + (case when final is null then rank + 1 else 0 end) * step - ${NOW})::float8 * 1000
    as rate_wait_ms
from decided`
}

const CLAIMED = `claimed as (
  insert into idempotency_keys (user_id, tool_id, key, body_hash, usage_id, created_at, expires_at)
  select caller_id, tool_id, key, ${BODY_HASH}, ${USAGE_ID}, ${NOW}, ${NOW} + interval '24 hours'
  from decided where fits and key is not null order by caller_id, tool_id, key
  on conflict do nothing returning usage_id
),`

/** If a period has ended, the first admitted call of the new one keeps it. A refused call changes nothing. */
const ENDED = `changed as materialized (
  select r.*, a.calls, a.tokens, a.next_rate_at from rolled r join added a on a.id = r.id
), ended as (
  insert into subscription_periods as e
    (user_id, period_start, period_end, plan_id, token_limit, tokens_used, tokens_held)
  select c.user_id, c.period_start, c.period_end, c.plan_id, coalesce(p.token_limit, 0)
      + hub_extra_tokens(c.extra_tokens, c.extra_until, c.period_end - interval '1 millisecond'), c.tokens_used, c.tokens_held
  from changed c left join plans p on p.id = c.plan_id where c.rolls order by c.user_id
  on conflict (user_id, period_start) do update
    set tokens_used = e.tokens_used + excluded.tokens_used, tokens_held = e.tokens_held + excluded.tokens_held
),`

const balance = ({ rare, usual }: Clauses) => `balance as (
  update subscriptions s set calls_in_flight = s.calls_in_flight + c.calls, rate_at = c.next_rate_at,
    tokens_held = ${rare('c.held')}${usual('s.tokens_held')} + c.tokens
    ${rare(`, tokens_used = c.used, plan_id = c.plan_now, period_start = c.start_now, period_end = c.end_now,
    pending_plan_id = case when c.rolls then null else c.pending_plan_id end,
    extra_tokens = case when c.rolls then null else c.extra_tokens end,
    extra_until = case when c.rolls then null else c.extra_until end`)}
  from ${rare('changed')}${usual('added')} c
  where s.id = c.id
    and s.id = any (array(select ${rare('id from changed')}${usual('subscription_id from decided where fits')}))
)`

/**
 * Admits calls in the usual case. It returns 'again' for a call whose period may have ended; the full statement
 * decides it.
 */
export const ADMIT = preparedStatement('hub_admit', admission(USUAL), ADMISSION_PARAMETERS)

/** Admits calls in every case. */
export const ADMIT_RARE = preparedStatement('hub_admit_rare', admission(FULL), {
  ...ADMISSION_PARAMETERS,
  ...KEY_PARAMETERS,
})
