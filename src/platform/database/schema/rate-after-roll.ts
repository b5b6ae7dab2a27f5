/**
 * The first admission of a period that begins on another plan writes `rate_at` in intervals of that plan, in the same
 * update. Only an admission raises `calls_in_flight` there, so the trigger leaves that row as it is.
 */
export const rateAfterRollUp = [
  `create or replace trigger hub_subscription_rate before update of plan_id on subscriptions
     for each row when (old.plan_id is distinct from new.plan_id and new.calls_in_flight is not distinct from old.calls_in_flight)
     execute function hub_clear_rate()`,
] as const

export const rateAfterRollDown = [
  `create or replace trigger hub_subscription_rate before update of plan_id on subscriptions
     for each row when (old.plan_id is distinct from new.plan_id) execute function hub_clear_rate()`,
] as const
