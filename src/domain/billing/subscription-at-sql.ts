import { type Clauses, FULL } from '../../platform/database/clauses'

/**
 * The one SQL text that says what a subscription is at a moment. A period ends by arithmetic, so the stored row can
 * be from an ended period. Then an active subscription is in the period computed from its anchor, with nothing used,
 * on its pending plan, and a cancelled one has expired.
 *
 * Put it in a FROM clause after `s`, an alias of subscriptions; `at` is the moment, a timestamptz:
 *
 *     from subscriptions s, ${SUBSCRIPTION_AT_SQL('s', 'now()')} where not current.expired
 *
 * It yields one row `current`:
 *
 * | column               | meaning                                                                             |
 * |----------------------|-------------------------------------------------------------------------------------|
 * | `expired`            | no call is admitted any more                                                        |
 * | `rolls`              | the stored period has ended and a new one is running                                |
 * | `plan_now`           | the plan's id                                                                       |
 * | `start_now`, `end_now` | the period                                                                        |
 * | `used`, `held`       | its tokens                                                                          |
 * | `extra`              | the tokens that grants add to the plan's tokens at that moment                      |
 *
 * The usual statement of admission leaves out the parts for a new period: there `rolls` only means that the period
 * may have ended. Select only the columns that you need: PostgreSQL then does not compute the others.
 */
export const SUBSCRIPTION_AT_SQL = (s: string, at: string, { rare }: Clauses = FULL): string => {
  const now = (inNewPeriod: string, stored: string) =>
    `${rare(`case when period.rolls then ${inNewPeriod} else `)}${stored}${rare(' end')}`
  return `lateral (
  select period.expired, period.rolls,
    ${now(`coalesce(${s}.pending_plan_id, ${s}.plan_id)`, `${s}.plan_id`)} as plan_now,
    ${now(`hub_period_start(${s}.started_at, ${at})`, `${s}.period_start`)} as start_now,
    ${now(`hub_period_end(${s}.started_at, ${at})`, `${s}.period_end`)} as end_now,
    ${now('0', `${s}.tokens_used`)} as used,
    ${now('0', `${s}.tokens_held`)} as held,
    case when ${s}.extra_tokens is null then 0
      else ${now('0', `hub_extra_tokens(${s}.extra_tokens, ${s}.extra_until, ${at})`)} end as extra
  from (
    select ${s}.status = 'expired' or (${s}.status = 'cancelled' and ${at} >= ${s}.period_end) as expired,
      ${at} >= ${s}.period_end and ${s}.status = 'active'
        -- The anchor alone says which period it is; comparing starts keeps an edited period_end from ending one twice.
        -- No period has more than 31 days: the function is called for few rows.
        ${rare(`and (${at} >= ${s}.period_start + interval '744 hours'
          or hub_period_start(${s}.started_at, ${at}) > ${s}.period_start)`)} as rolls
  ) period
) current`
}
