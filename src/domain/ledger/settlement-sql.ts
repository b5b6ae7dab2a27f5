import { type Clauses, FULL, USUAL } from '../../platform/database/clauses'
import { preparedStatement } from '../../platform/database/prepared-statement'
import { NOW } from './clock-sql'
import { RARE_PARAMETERS, SETTLEMENT_PARAMETERS } from './settlement-values'

const THIS_HOUR = `(select hub_uuid_at(date_trunc('hour', ${NOW}, 'UTC')))`
/** A row of this hour, or later. Hidden from the choice of partitions while the statement runs: see `isRow`. */
const isOfThisHour = `greatest(u.id, u.id) >= ${THIS_HOUR}`

/**
 * Equality with a row's id, as a hash join. Next to it, `u.id = any (…)` finds the rows by their index, and the
 * lowest and the highest id limit the search to their months. With a plain `u.id = …` the planner could choose
 * partitions while the statement runs, or read every row between the lowest and the highest id. PostgreSQL 18 shares
 * the state of that choice with its second check of a row that it waited to lock: the statement then finds no
 * partition, loses rows without an error, or crashes the server.
 */
const isRow = (
  id: string,
) => `u.id = any (:usage_ids::uuid[]) and u.id between :lowest_id::uuid and :highest_id::uuid
    and greatest(u.id, u.id) = ${id}`

/**
 * Settlement of a batch, in one statement. Balance rows are locked first, sorted, as admission does. Every settlement
 * or correction of a row holds the lock of its user's balance.
 *
 * The usual case is a pending row of this hour, in its user's current period, without an Idempotency-Key. OPEN
 * describes the other (rare) cases.
 */
const settlement = ({ rare, usual }: Clauses): string => {
  /** The sum charged to the current period. In the usual case it is the whole sum. */
  const ofBalance = (tokens: string) =>
    `sum(${rare(`case when place = 'current' then`)} ${tokens} ${rare('else 0 end')})`
  /** The number of calls with this status. A late settlement subtracts its row from the count of its earlier status. */
  const calls = (status: string) => `count(*) filter (where status = '${status}')
    ${rare(`- count(*) filter (where not holding and status_before = '${status}')`)}`
  return `
with asked as ${rare('materialized')} (
  select * from unnest(:usage_ids::uuid[], :user_ids::uuid[], :statuses::text[], :tokens::bigint[], :sources::text[],
    :durations_ms::int[], :error_codes::text[], :input_tokens::bigint[], :cached_input_tokens::bigint[],
    :output_tokens::bigint[], :reasoning_tokens::bigint[], :first_token_ms::int[]
    ${rare(', :answers::text[], :retried::bool[], :cache_write_5m_tokens::bigint[], :cache_write_1h_tokens::bigint[]')})
    as i(usage_id, user_id, status, tokens, source, duration_ms, error_code, input_tokens, cached_input_tokens,
      output_tokens, reasoning_tokens, first_token_ms
      ${rare(', answer, retried, cache_write_5m_tokens, cache_write_1h_tokens')})
), balance as materialized (
  select s.user_id, s.period_start from subscriptions s where s.user_id = any (:user_ids::uuid[])
  order by s.user_id for no key update
), ${rare(OPEN)}
completed as (
  update usage_logs u set status = s.status, tokens_used = s.tokens, source = s.source, duration_ms = s.duration_ms,
    error_code = s.error_code, input_tokens = s.input_tokens, cached_input_tokens = s.cached_input_tokens,
    output_tokens = s.output_tokens, reasoning_tokens = s.reasoning_tokens, first_token_ms = s.first_token_ms,
    settled_at = ${NOW}, updated_at = ${NOW}
    ${rare(', cache_write_5m_tokens = s.cache_write_5m_tokens, cache_write_1h_tokens = s.cache_write_1h_tokens')}
  from ${usual('asked')}${rare('settled')} s
  where ${isRow('s.usage_id')}
    ${usual(`and u.user_id = s.user_id and u.status = 'pending' and u.idempotency_key is null
    and (u.user_id, u.period_start) in (select user_id, period_start from balance) and ${isOfThisHour}`)}
  returning u.id, u.user_id, u.period_start, u.plan_id, u.tool_id, u.status,
    u.tokens_used ${rare('- s.tokens_before')} as tokens,
    ${rare('case when s.holding then')} u.tokens_held ${rare('else 0 end')} as released
    ${rare(', s.place, s.holding, s.status_before')}
), counted as (
  update subscriptions s set tokens_used = s.tokens_used + c.tokens, tokens_held = s.tokens_held - c.released,
    calls_in_flight = greatest(0, s.calls_in_flight - c.calls)
  from (
    select user_id, count(*) ${rare('filter (where holding)')} as calls,
      ${ofBalance('tokens')} as tokens, ${ofBalance('released')} as released
    from completed ${rare(`where place <> 'gone'`)} group by user_id
  ) c where s.user_id = c.user_id and s.user_id = any (:user_ids::uuid[])
), ${rare(ENDED)}
raised as (
  insert into usage_daily as d
    (user_id, period_start, plan_id, tool_id, day, calls_success, calls_error, calls_timeout, tokens)
  select user_id, period_start, plan_id, tool_id, (hub_uuid_time(id) at time zone 'utc')::date,
    ${calls('success')}, ${calls('error')}, ${calls('timeout')}, sum(tokens)
  from completed group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
  on conflict (user_id, period_start, plan_id, tool_id, day) do update set
    calls_success = d.calls_success + excluded.calls_success, calls_error = d.calls_error + excluded.calls_error,
    calls_timeout = d.calls_timeout + excluded.calls_timeout, tokens = d.tokens + excluded.tokens
)
${rare(DUE)}
select ${usual('id::text from completed')}${rare(`usage_id::text as id from placed where place = 'again'`)}`
}

/**
 * The usage rows that are still open: pending, or settled by the sweep ('ABANDONED'). The late settlement of a swept
 * row is applied once and corrects row, roll-up and charge. A row is charged to the period stored in it:
 *
 * - 'current': the balance row, if it is still in that period;
 * - 'ended': the period's own row in subscription_periods;
 * - 'again': this statement sees neither. The period may have ended while it waited, so the call stays as it is, and
 *   the next statement, which sees that row, settles it;
 * - 'gone': the next statement does not see it either. Nothing is left to charge, only the row is completed.
 *
 * If a swept call's Idempotency-Key was given to another call meanwhile, the swept call is completed without a
 * charge: one key is charged at most once.
 */
const OPEN = `open as materialized (
  select u.id as usage_id, u.user_id, u.tool_id, u.period_start, u.tokens_used as tokens_before, u.status as status_before,
    u.idempotency_key as key, u.idempotency_hash as body_hash,
    i.status, i.tokens as asked_tokens, i.source, i.duration_ms, i.error_code, i.answer, i.retried,
    i.input_tokens, i.cached_input_tokens, i.output_tokens, i.reasoning_tokens, i.first_token_ms,
    i.cache_write_5m_tokens, i.cache_write_1h_tokens
  from asked i join usage_logs u on ${isRow('i.usage_id')} and u.user_id = i.user_id
  where (u.status = 'pending' or (u.error_code = 'ABANDONED' and i.error_code is distinct from 'ABANDONED'))
    and (select count(*) from balance) >= 0 -- the balances are locked first
  order by u.id for no key update of u
), placed as materialized (
  select o.*, o.status_before = 'pending' as holding, b.user_id is not null as subscribed,
    o.key is not null and (o.status = 'success' or o.asked_tokens > 0) as keeps_key,
    case when b.period_start = o.period_start then 'current' when p.user_id is not null then 'ended'
      when o.retried then 'gone' else 'again' end as place
  from open o
  left join balance b on b.user_id = o.user_id
  left join subscription_periods p on p.user_id = o.user_id and p.period_start = o.period_start
    and p.user_id = any (:user_ids::uuid[])
), kept as (
  insert into idempotency_keys as k (user_id, tool_id, key, body_hash, usage_id, answer, created_at, expires_at)
  select user_id, tool_id, key, body_hash, usage_id, coalesce(answer, 'null'), hub_uuid_time(usage_id),
    hub_uuid_time(usage_id) + interval '24 hours'
  from placed where keeps_key and subscribed and place <> 'again' order by user_id, tool_id, key
  on conflict (user_id, tool_id, key) do update set answer = excluded.answer where k.usage_id = excluded.usage_id
  returning usage_id
), freed as (
  delete from idempotency_keys k using placed p
  where k.user_id = any (:user_ids::uuid[]) and k.user_id = p.user_id and k.tool_id = p.tool_id and k.key = p.key
    and k.usage_id = p.usage_id and not p.keeps_key and p.place <> 'again'
), settled as materialized (
  select p.*, case when not holding and keeps_key and usage_id not in (select usage_id from kept) then 0
    else asked_tokens end as tokens
  from placed p where place <> 'again'
),`

/** The sums charged to periods that have ended. */
const ENDED = `charges as materialized (
  select user_id, period_start, sum(tokens) as tokens, sum(released) as released
  from completed where place = 'ended' group by user_id, period_start
), ended as materialized (
  select p.user_id, p.period_start from subscription_periods p
  where p.user_id = any (:user_ids::uuid[])
    and (p.user_id, p.period_start) in (select user_id, period_start from charges)
  order by p.user_id, p.period_start for no key update
), corrected as (
  update subscription_periods p set tokens_used = p.tokens_used + c.tokens, tokens_held = p.tokens_held - c.released
  from charges c
  where p.user_id = any (:user_ids::uuid[]) and p.user_id = c.user_id and p.period_start = c.period_start
    and (select count(*) from ended) >= 0
),`

/** Calls of an hour that has ended: it may be folded already, so it is folded again. */
const DUE = `, due as (
  insert into usage_hours_due (hour)
  select distinct date_trunc('hour', hub_uuid_time(id), 'UTC') from completed where id < ${THIS_HOUR}
)`

/** Settles calls in the usual case. It returns the ids of the rows that it settled, and leaves all others unchanged. */
export const SETTLE = preparedStatement('hub_settle', settlement(USUAL), SETTLEMENT_PARAMETERS)

/** Settles calls in every case. It returns the ids of the rows that are 'again'. */
export const SETTLE_RARE = preparedStatement('hub_settle_rare', settlement(FULL), {
  ...SETTLEMENT_PARAMETERS,
  ...RARE_PARAMETERS,
})
