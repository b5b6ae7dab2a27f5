import { CREDENTIAL_SQL } from '../accounts/credential-sql'
import { BALANCE_COLUMNS, decisionsOfOne, NOW } from './admission-decisions-sql'
import { admissionRow } from './admission-sql'

/**
 * Admission of a call that has no batch-mates: what ADMIT_SQL does, by the same text of the rules, as a function of small
 * steps. PostgreSQL keeps a plan for each step and makes it ready faster than one statement of all parts, which counts where
 * nothing is shared. It is called as one statement and hence committed as a whole; each step sees what was committed before
 * it began, so that nothing that is read after the lock is older than the lock.
 *
 * The function is the connection's own (`pg_temp`): it is of the version of the code that calls it, whatever other instances
 * run. Parameters: those of ADMIT_SQL, each a single value.
 */
export const ADMIT_ONE_FUNCTION = `
create or replace function pg_temp.hub_admit_one(
  text, uuid, uuid, uuid, bigint, bigint, bigint, uuid, uuid, int, uuid, timestamptz,
  out refusal text, out user_id uuid, out api_key_id uuid, out expired bool, out key_is_stored bool, out take float8,
  out plan_name text, out minimum_tier text, out token_limit float8, out used float8, out held float8,
  out period_ends_at timestamptz, out requests_per_minute int, out burst int, out calls_at_once int, out rate_wait_ms float8
) language plpgsql as $$
#variable_conflict use_column
declare
  the_caller uuid; the_key uuid; the_balance record;
  is_admitted bool; the_tool text; the_plan uuid; the_period timestamptz; the_hold bigint; the_next_rate timestamptz;
begin
  select caller.user_id, caller.api_key_id into the_caller, the_key
  from (select $1 as key_hash, $2 as session_id, $3 as user_id, ${NOW} as at) asked left join ${CREDENTIAL_SQL} on true;

  select ${BALANCE_COLUMNS.join(', ')} into the_balance
  from subscriptions where user_id = the_caller for no key update;

  with ${decisionsOfOne(
    `select 1 as ord, the_caller as caller_id, the_key as api_key_id, $4 as tool_id, $5 as tool_revision, $6 as hold,
      $7 as at_least`,
    `select ${BALANCE_COLUMNS.map((column) => `the_balance.${column}`).join(', ')}`,
  )}
  select ${admissionRow('fits', 'false')}, fits, tool_name, plan_now, start_now, take, arrival + step
  into refusal, user_id, api_key_id, expired, key_is_stored, take, plan_name, minimum_tier, token_limit, used, held,
    period_ends_at, requests_per_minute, burst, calls_at_once, rate_wait_ms,
    is_admitted, the_tool, the_plan, the_period, the_hold, the_next_rate
  from decided;

  if is_admitted then
    update subscriptions set tokens_held = tokens_held + the_hold, calls_in_flight = calls_in_flight + 1,
      rate_at = the_next_rate where id = the_balance.id;
    insert into usage_logs (id, user_id, api_key_id, tool_id, tool_name, plan_id, period_start, status, tokens_held,
      request_id, instance_id, deadline_at, created_at, updated_at)
    values ($8, the_caller, the_key, $4, the_tool, the_plan, the_period, 'pending', the_hold,
      $9, $11, ${NOW} + $10 * interval '1 millisecond', hub_uuid_time($8), ${NOW});
  elsif the_caller is null then
    key_is_stored := exists (select from api_keys k where k.key_hash = $1);
  end if;
end $$`

/** Its AdmissionRow. */
export const ADMIT_ONE_SQL =
  'select 1 as ord, * from pg_temp.hub_admit_one($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)'
