import type { Clauses } from '../../platform/database/clauses'
import { CREDENTIAL_SQL } from '../accounts/credential-sql'
import { OPENS_SQL } from '../billing/plans'
import { SUBSCRIPTION_AT_SQL } from '../billing/subscription-at-sql'
import { NOW } from './clock-sql'

/**
 * The first half of admission, up to `decided`. It returns one row for each call: why the call is refused, or whether
 * it `fits` together with the calls of the same user before it in the batch. The `rare` parts are needed only for an
 * Idempotency-Key or a period that has ended.
 */
export const decisions = (clauses: Clauses): string =>
  [called(clauses), LOCKED, rolled(clauses), considered(clauses), ALONE, RANKED, decided(clauses)].join(', ')

/** Who calls which tool. Other columns of the batch are read from their arrays by `ord`: narrow rows start faster. */
const called = ({ rare }: Clauses) => `called as materialized (
  select asked.ord, asked.tool_id, asked.tool_revision, asked.hold, asked.at_least, ${rare('asked.key,')}
    caller.user_id as caller_id, caller.api_key_id
  from (
    select i.*, ${NOW} as at
    from unnest(:key_hashes::text[], :session_ids::uuid[], :session_users::uuid[], :tool_ids::uuid[],
      :tool_revisions::bigint[], :holds::bigint[], :least_holds::bigint[] ${rare(', :idempotency_keys::text[]')})
      with ordinality
      as i(key_hash, session_id, user_id, tool_id, tool_revision, hold, at_least, ${rare('key,')} ord)
  ) asked left join ${CREDENTIAL_SQL} on true
)`

const LOCKED = `locked as materialized (
  select s.id, s.user_id, s.plan_id, s.pending_plan_id, s.status, s.started_at, s.period_start, s.period_end,
    s.tokens_used, s.tokens_held, s.calls_in_flight, s.rate_at, s.extra_tokens, s.extra_until, s.paused_at
  from subscriptions s
  where s.user_id = any (array(select caller_id from called))
  order by s.user_id for no key update
)`

/** Each balance in its current period. The usual statement leaves a balance whose period has ended to the full one. */
const rolled = (clauses: Clauses) => `rolled as (
  select s.*, current.* from locked s, ${SUBSCRIPTION_AT_SQL('s', NOW, clauses)}
)`

/** Adds everything that does not depend on counters. */
const considered = ({ rare, usual }: Clauses) => `considered as (
  select c.*, r.id as subscription_id, coalesce(r.expired, false) as expired, r.plan_now, r.start_now, r.end_now,
    r.used, r.held, r.calls_in_flight,
    greatest(${rare('case when r.plan_now = r.plan_id then r.rate_at end')}${usual('r.rate_at')}, ${NOW}) as arrival,
    t.name as tool_name, t.minimum_tier,
    p.token_limit + r.extra as token_limit, p.calls_at_once, p.burst, p.requests_per_minute, p.name as plan_name,
    p.token_limit + r.extra - r.used - r.held as free,
    interval '60 seconds' / p.requests_per_minute as step,
    case
      when c.caller_id is null then 'unauthorized'
      when t.id is null or t.is_open is not true or t.revision <> c.tool_revision then 'stale'
      ${rare(`when c.key is not null and exists (select from idempotency_keys k where k.user_id = c.caller_id
        and k.tool_id = c.tool_id and k.key = c.key) then 'idempotency-known'
      when c.key is not null
        and row_number() over (partition by c.caller_id, c.tool_id, c.key order by c.ord) > 1 then 'again'`)}
      when r.paused_at is not null then 'paused'
      when r.id is null or r.expired then 'no-subscription'
      ${usual(`when r.rolls then 'again'`)}
      when p.id is null then 'again' -- a plan that was made while this statement waited
      when not ${OPENS_SQL('p', 't')} then 'plan-too-low'
    end as refusal
  from called c
  left join tools t on t.id = c.tool_id
  left join rolled r on r.user_id = c.caller_id
  left join plans p on p.id = r.plan_now
)`

/** The decision about the call if it were alone in its batch. */
const ALONE = `alone as (
  select w.*, case
      when refusal is not null then refusal
      when arrival - ${NOW} > tolerance then 'rate-limited'
      when calls_in_flight >= calls_at_once then 'too-many-at-once'
      when want > 0 and used >= token_limit then 'spent'
      when at_least > 0 and at_least > token_limit - used then 'too-large'
      when want > 0 and want > free then 'held'
    end as final
  from (
    select c.*, greatest(at_least, least(hold, free)) as want,
      (burst - 1) * step as tolerance
    from considered c
  ) w
)`

/** Counts the earlier calls of the same user in the batch, and the tokens that they need. */
const RANKED = `ranked as (
  select a.*, count(*) filter (where final is null) over mates as rank,
    coalesce(sum(want) filter (where final is null) over mates, 0) as before
  from alone a window mates as (partition by caller_id order by ord rows between unbounded preceding and 1 preceding)
)`

const decided = ({ rare }: Clauses) => `decided as materialized (
  select ord, caller_id, api_key_id, tool_id, tool_name, minimum_tier, subscription_id, expired, plan_now, plan_name,
    token_limit, burst, requests_per_minute, calls_at_once, start_now, end_now, used, held, arrival, step, rank, final,
    ${rare('key,')} greatest(0, least(want, free - before)) as take,
    final is null and arrival + rank * step - ${NOW} <= tolerance and calls_in_flight + rank < calls_at_once
      and (want = 0 or before + at_least <= free) as fits
  from ranked r
)`
