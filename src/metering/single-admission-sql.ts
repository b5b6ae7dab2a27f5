import { CREDENTIAL_SQL } from '../accounts/credential-sql'
import { BALANCE_COLUMNS, decisionsOfOne, NOW } from './admission-decisions-sql'
import type { AdmissionRow } from './admission-row'
import { admissionRow } from './admission-sql'
import { usualAdmission } from './usual-admission-sql'

/**
 * Admission of a call that has no batch-mates: what ADMIT_SQL does, as a function of small steps. The usual case is one of
 * them; any other is decided by the same text of the rules. PostgreSQL keeps a plan for each step and makes it ready faster
 * than one statement of all parts, which counts where nothing is shared. It is called as one statement and hence committed
 * as a whole; each step sees what was committed before it began, so that nothing that is read after the lock is older than
 * the lock.
 *
 * The function is the connection's own (`pg_temp`): it is of the version of the code that calls it, whatever other instances
 * run. Parameters: those of ADMIT_SQL, each a single value. It answers an AdmissionRow as JSON: one column takes the
 * database and the driver less than sixteen.
 */
export const ADMIT_ONE_FUNCTION = `
create or replace function pg_temp.hub_admit_one(
  text, uuid, uuid, uuid, bigint, bigint, bigint, uuid, uuid, int, uuid, timestamptz
) returns json language plpgsql as $$
#variable_conflict use_column
declare
  the_caller uuid; the_key uuid; the_balance record; the_row record;
begin
  if $2 is null then ${usualAdmission('key')} into the_row;
  else ${usualAdmission('session')} into the_row;
  end if;

  if not found then
    select caller.user_id, caller.api_key_id into the_caller, the_key
    from (select $1 as key_hash, $2 as session_id, $3 as user_id, ${NOW} as at) asked left join ${CREDENTIAL_SQL} on true;

    select ${BALANCE_COLUMNS.join(', ')} into the_balance
    from subscriptions where user_id = the_caller for no key update;

    with ${decisionsOfOne(
      `select 1 as ord, the_caller as caller_id, the_key as api_key_id, $4 as tool_id, $5 as tool_revision, $6 as hold,
        $7 as at_least`,
      `select ${BALANCE_COLUMNS.map((column) => `the_balance.${column}`).join(', ')}`,
    )}
    select ${admissionRow('fits', 'caller_id is null and exists (select from api_keys k where k.key_hash = $1)')},
      fits, tool_name, plan_now, start_now, take as held_now, arrival + step as rate_next
    into the_row from decided;

    if the_row.fits then
      update subscriptions set tokens_held = tokens_held + the_row.held_now, calls_in_flight = calls_in_flight + 1,
        rate_at = the_row.rate_next where id = the_balance.id;
    end if;
  end if;

  if the_row.fits then
    insert into usage_logs (id, user_id, api_key_id, tool_id, tool_name, plan_id, period_start, status, tokens_held,
      request_id, instance_id, deadline_at, created_at, updated_at)
    values ($8, the_row.user_id, the_row.api_key_id, $4, the_row.tool_name, the_row.plan_now, the_row.start_now, 'pending',
      the_row.held_now, $9, $11, ${NOW} + $10 * interval '1 millisecond', hub_uuid_time($8), ${NOW});
  end if;
  return row_to_json(the_row);
end $$`

/** Its answer, for `rowOfOne`. */
export const ADMIT_ONE_SQL =
  'select pg_temp.hub_admit_one($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as row'

/** The AdmissionRow in an answer of ADMIT_ONE_SQL. */
export function rowOfOne({ row }: { row: Json<AdmissionRow> }): AdmissionRow {
  const ends = row.period_ends_at && new Date(row.period_ends_at)
  return Object.assign(row, { ord: 1, period_ends_at: ends as Date })
}

type Json<Row> = { [Column in keyof Row]: Row[Column] extends Date ? string : Row[Column] }
