import { CREDENTIAL_SQL } from '../accounts/credential-sql'
import { OPENS_SQL } from '../billing/plans'

/** The clock is the database's, except in tests. */
export const NOW = 'coalesce($12::timestamptz, now())'

/**
 * The first half of both admission statements, up to `decided`: one row for each call, with why it is refused,
 * or whether it `fits` beside those of the same user before it in the batch. `rare` adds what an Idempotency-Key and a
 * period that is over need.
 */
export const decisionsOfBatch = (rare: boolean): string =>
  [
    called(rare),
    LOCKED,
    rolled(rare),
    `considered as (${considered(rare)})`,
    `alone as (${ALONE})`,
    `ranked as (${RANKED})`,
    `decided as materialized (${decided(rare)})`,
  ].join(', ')

/** Who calls what. Other columns of the batch are read from their arrays by `ord`: narrow rows start faster. */
const called = (rare: boolean) => `called as materialized (
  select asked.ord, asked.tool_id, asked.tool_revision, asked.hold, asked.at_least, ${rare ? 'asked.key,' : ''}
    caller.user_id as caller_id, caller.api_key_id
  from (
    select i.*, ${NOW} as at
    from unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[]
      ${rare ? ', $13::text[]' : ''}) with ordinality
      as i(key_hash, session_id, user_id, tool_id, tool_revision, hold, at_least, ${rare ? 'key,' : ''} ord)
  ) asked left join ${CREDENTIAL_SQL} on true
)`

const LOCKED = `locked as materialized (
  select s.id, s.user_id, s.plan_id, s.pending_plan_id, s.status, s.started_at, s.period_start, s.period_end,
    s.tokens_used, s.tokens_held, s.calls_in_flight, s.rate_at, s.extra_tokens, s.extra_until, s.paused_at
  from subscriptions s
  where s.user_id = any (array(select caller_id from called))
  order by s.user_id for no key update
)`

/** Each balance in its current period. The usual statement leaves a balance whose period is over to the other one. */
const rolled = (rare: boolean) => {
  const now = (rolls: string, stays: string) =>
    rare ? `case when rolls then ${rolls} else ${stays} end` : stays
  return `rolled as (
  select l.*,
    l.status = 'expired' or (l.status = 'cancelled' and ${NOW} >= l.period_end) as expired,
    ${now('coalesce(pending_plan_id, plan_id)', 'plan_id')} as plan_now,
    ${now(`hub_period_start(started_at, ${NOW})`, 'period_start')} as start_now,
    ${now(`hub_period_end(started_at, ${NOW})`, 'period_end')} as end_now,
    ${now('0', 'tokens_used')} as used,
    ${now('0', 'tokens_held')} as held,
    case when extra_tokens is null then 0 else ${now('0', `hub_extra_tokens(extra_tokens, extra_until, ${NOW})`)} end as extra
  from (
    -- The anchor alone says which period it is; comparing starts keeps an edited period_end from ending one twice.
    select *, ${NOW} >= period_end and status = 'active'
      ${rare ? `and hub_period_start(started_at, ${NOW}) > period_start` : ''} as rolls
    from locked
  ) l
)`
}

/** With what does not depend on counters. */
const considered = (rare: boolean) => `
  select c.*, r.id as subscription_id, coalesce(r.expired, false) as expired, r.plan_now, r.start_now, r.end_now,
    r.used, r.held, r.calls_in_flight, greatest(r.rate_at, ${NOW}) as arrival,
    t.name as tool_name, t.minimum_tier,
    p.token_limit + r.extra as token_limit, p.calls_at_once, p.burst, p.requests_per_minute, p.name as plan_name,
    p.token_limit + r.extra - r.used - r.held as free,
    interval '60 seconds' / p.requests_per_minute as step,
    case
      when c.caller_id is null then 'unauthorized'
      when t.id is null or t.is_open is not true or t.revision <> c.tool_revision then 'stale'
      ${rare ? KEY_REFUSALS : ''}
      when r.paused_at is not null then 'paused'
      when r.id is null or r.expired then 'no-subscription'
      ${rare ? '' : `when r.rolls then 'again'`}
      when p.id is null then 'again' -- a plan that was made while this statement waited
      when not ${OPENS_SQL('p', 't')} then 'plan-too-low'
    end as refusal
  from called c
  left join tools t on t.id = c.tool_id
  left join rolled r on r.user_id = c.caller_id
  left join plans p on p.id = r.plan_now`

const KEY_REFUSALS = `when c.key is not null and exists (select from idempotency_keys k where k.user_id = c.caller_id
        and k.tool_id = c.tool_id and k.key = c.key) then 'idempotency-known'
      when c.key is not null
        and row_number() over (partition by c.caller_id, c.tool_id, c.key order by c.ord) > 1 then 'again'`

/** What the call would get without its batch-mates. */
const ALONE = `
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
  ) w`

/** What is before the call in its batch, of the same user. */
const RANKED = `
  select a.*, count(*) filter (where final is null) over mates as rank,
    coalesce(sum(want) filter (where final is null) over mates, 0) as before
  from alone a window mates as (partition by caller_id order by ord rows between unbounded preceding and 1 preceding)`

const decided = (rare: boolean) => `
  select ord, caller_id, api_key_id, tool_id, tool_name, minimum_tier, subscription_id, expired, plan_now, plan_name,
    token_limit, burst, requests_per_minute, calls_at_once, start_now, end_now, used, held, arrival, step, rank, final,
    ${rare ? 'key,' : ''} greatest(0, least(want, free - before)) as take,
    final is null and arrival + rank * step - ${NOW} <= tolerance and calls_in_flight + rank < calls_at_once
      and (want = 0 or before + at_least <= free) as fits
  from ranked r`
