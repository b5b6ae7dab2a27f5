/**
 * Equality with a row's id that joins by hash, beside `u.id = any ($1)` which finds the rows by their index. Said plainly,
 * the planner could choose partitions while the statement runs, or read every row between the lowest and the highest id.
 * PostgreSQL 18 shares the state of such a choice with the second look that it takes at a row which it waited to lock: the
 * statement then finds no partition, loses rows without an error, or ends the server.
 */
export const isRow = (id: string) =>
  `u.id = any ($1::uuid[]) and u.id between $14::uuid and $15::uuid and greatest(u.id, u.id) = ${id}`

export const NOW = 'coalesce($8::timestamptz, now())'

/** What the row keeps of how the call ended. */
export const OUTCOME = `source = s.source, duration_ms = s.duration_ms, error_code = s.error_code,
    input_tokens = s.input_tokens, cached_input_tokens = s.cached_input_tokens, output_tokens = s.output_tokens,
    reasoning_tokens = s.reasoning_tokens, first_token_ms = s.first_token_ms, settled_at = ${NOW}, updated_at = ${NOW}`

export const ADD_TO_DAY = `on conflict (user_id, period_start, plan_id, tool_id, day) do update set
    calls_success = d.calls_success + excluded.calls_success, calls_error = d.calls_error + excluded.calls_error,
    calls_timeout = d.calls_timeout + excluded.calls_timeout, tokens = d.tokens + excluded.tokens`

/**
 * Settlement of a batch in the usual case, in one statement: pending rows of this hour, in their user's current period,
 * without an Idempotency-Key. It answers the ids of the rows that it settled and leaves all others as they are, for
 * SETTLE_RARE_SQL: starting a statement of many parts takes PostgreSQL longer than running it for a few calls. The
 * balance rows are locked first, sorted, as admission does; whoever settles or corrects a row holds its user's.
 *
 * Parameters: $1 usage ids, $2 users, $3 statuses, $4 tokens, $5 sources, $6 durations, $7 error codes, $8 now, $9 to
 * $12 a model's input, cached input, output and reasoning tokens, $13 time to the first token, $14 and $15 lowest and
 * highest usage id (so that only their months are looked at).
 */
export const SETTLE_SQL = `
with balance as materialized (
  select s.user_id, s.period_start from subscriptions s where s.user_id = any ($2::uuid[])
  order by s.user_id for no key update
), completed as (
  update usage_logs u set status = s.status, tokens_used = s.tokens, ${OUTCOME}
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::int[], $7::text[], $9::bigint[],
    $10::bigint[], $11::bigint[], $12::bigint[], $13::int[])
    as s(usage_id, user_id, status, tokens, source, duration_ms, error_code, input_tokens,
      cached_input_tokens, output_tokens, reasoning_tokens, first_token_ms)
  where ${isRow('s.usage_id')} and u.user_id = s.user_id and u.status = 'pending' and u.idempotency_key is null
    and (u.user_id, u.period_start) in (select user_id, period_start from balance)
    and u.id >= (select hub_uuid_at(date_trunc('hour', ${NOW}, 'UTC')))
  returning u.id, u.user_id, u.period_start, u.plan_id, u.tool_id, u.tokens_held, u.tokens_used, u.status
), counted as (
  update subscriptions s set tokens_used = s.tokens_used + c.tokens, tokens_held = s.tokens_held - c.released,
    calls_in_flight = greatest(0, s.calls_in_flight - c.calls)
  from (
    select user_id, count(*) as calls, sum(tokens_used) as tokens, sum(tokens_held) as released
    from completed group by user_id
  ) c where s.user_id = c.user_id and s.user_id = any ($2::uuid[])
), raised as (
  insert into usage_daily as d
    (user_id, period_start, plan_id, tool_id, day, calls_success, calls_error, calls_timeout, tokens)
  select user_id, period_start, plan_id, tool_id, (hub_uuid_time(id) at time zone 'utc')::date,
    count(*) filter (where status = 'success'), count(*) filter (where status = 'error'),
    count(*) filter (where status = 'timeout'), sum(tokens_used)
  from completed group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
  ${ADD_TO_DAY}
)
select id::text from completed`
