import { ADD_TO_DAY, NOW, OUTCOME } from './settlement-sql'

/**
 * Settlement of a call that has no batch-mates: what SETTLE_SQL does, as a function of small steps for the reason of
 * ADMIT_ONE_FUNCTION. The balance is locked before the row is looked at: whoever settles or corrects a row holds it.
 *
 * Parameters: $1 to $13 of SETTLE_SQL, each a single value.
 */
export const SETTLE_ONE_FUNCTION = `
create or replace function pg_temp.hub_settle_one(
  uuid, uuid, text, bigint, text, int, text, timestamptz, bigint, bigint, bigint, bigint, int
) returns uuid language plpgsql as $$
#variable_conflict use_column
declare
  the_period timestamptz; the_plan uuid; the_tool uuid; the_hold bigint;
begin
  select period_start into the_period from subscriptions where user_id = $2 for no key update;

  update usage_logs u set status = s.status, tokens_used = s.tokens, ${OUTCOME}
  from (
    select $3 as status, $4 as tokens, $5 as source, $6 as duration_ms, $7 as error_code, $9 as input_tokens,
      $10 as cached_input_tokens, $11 as output_tokens, $12 as reasoning_tokens, $13 as first_token_ms
  ) s
  where u.id = $1 and u.user_id = $2 and u.status = 'pending' and u.idempotency_key is null
    and u.period_start = the_period and u.id >= hub_uuid_at(date_trunc('hour', ${NOW}, 'UTC'))
  returning u.plan_id, u.tool_id, u.tokens_held into the_plan, the_tool, the_hold;
  if not found then
    return null;
  end if;

  update subscriptions set tokens_used = tokens_used + $4, tokens_held = tokens_held - the_hold,
    calls_in_flight = greatest(0, calls_in_flight - 1)
  where user_id = $2;

  insert into usage_daily as d
    (user_id, period_start, plan_id, tool_id, day, calls_success, calls_error, calls_timeout, tokens)
  values ($2, the_period, the_plan, the_tool, (hub_uuid_time($1) at time zone 'utc')::date,
    ($3 = 'success')::int, ($3 = 'error')::int, ($3 = 'timeout')::int, $4)
  ${ADD_TO_DAY};
  return $1;
end $$`

/** The call's id where it was settled, null where it is left to SETTLE_RARE_SQL. */
export const SETTLE_ONE_SQL =
  'select pg_temp.hub_settle_one($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) as id'
