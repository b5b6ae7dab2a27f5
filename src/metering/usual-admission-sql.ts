import { KEY_IS_LIVE, OWNER_IS_LET_IN, SESSION_IS_LIVE } from '../accounts/credential-sql'
import { OPENS_SQL } from '../billing/plans'
import { NOW } from './admission-decisions-sql'

/**
 * The usual case of a single call, in one step: a live credential, an active subscription in its period without extra
 * tokens, a plan that opens the tool and has room for the whole hold. The balance is changed, or nothing is: what is
 * not this case is decided by the rules, after it. So these conditions need not be all that admit a call, but none may
 * admit one that the rules refuse.
 *
 * A balance that another transaction changes meanwhile is waited for and its conditions are looked at anew; a changed
 * plan is then another row than the one that was joined, and the call goes by the rules.
 *
 * It returns an AdmissionRow and what the usage row needs. Parameters: those of ADMIT_ONE_FUNCTION.
 */
export const usualAdmission = (credential: 'key' | 'session'): string => `
  update subscriptions s set tokens_held = s.tokens_held + $6, calls_in_flight = s.calls_in_flight + 1,
    rate_at = greatest(s.rate_at, ${NOW}) + ${STEP}
  from ${LIVE[credential]} join users o on o.id = live.user_id and ${OWNER_IS_LET_IN('o')}, tools t, plans p
  where s.user_id = o.id and s.status = 'active' and s.paused_at is null and s.extra_tokens is null
    and ${NOW} < s.period_end
    and t.id = $4 and t.is_open and t.revision = $5
    -- Not by the index of plans: from a plan one comes to all its subscriptions.
    and p.id = greatest(s.plan_id, s.plan_id) and ${OPENS_SQL('p', 't')}
    and $7 <= $6 and s.tokens_used + s.tokens_held + $6 <= p.token_limit
    and greatest(s.rate_at, ${NOW}) - ${NOW} <= (p.burst - 1) * ${STEP} and s.calls_in_flight < p.calls_at_once
  returning null::text as refusal, o.id as user_id, live.api_key_id, false as expired, false as key_is_stored,
    $6::float8 as take, p.name as plan_name, t.minimum_tier::text as minimum_tier,
    p.token_limit::float8 as token_limit, s.tokens_used::float8 as used, (s.tokens_held - $6)::float8 as held,
    null::timestamptz as period_ends_at, p.requests_per_minute, p.burst, p.calls_at_once,
    extract(epoch from s.rate_at - ${NOW})::float8 * 1000 as rate_wait_ms,
    true as fits, t.name as tool_name, p.id as plan_now, s.period_start as start_now, $6 as held_now`

const STEP = `interval '60 seconds' / p.requests_per_minute`

const LIVE = {
  key: `(
    select k.user_id, k.id as api_key_id from api_keys k where k.key_hash = $1 and ${KEY_IS_LIVE('k', NOW)}
  ) live`,
  session: `(
    select n.user_id, null::uuid as api_key_id from sessions n
    where n.id = $2 and n.user_id = $3 and ${SESSION_IS_LIVE('n', NOW)}
  ) live`,
}
