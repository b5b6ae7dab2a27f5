/**
 * `subscriptions.rate_at` is counted in intervals of the plan. What was counted on one plan, or at one rate, says
 * nothing at another, so a change of either clears it in the same transaction.
 */
export const rateUp = [
  `create function hub_clear_rate() returns trigger language plpgsql as $$
   begin
     new.rate_at := null;
     return new;
   end $$`,
  `create trigger hub_subscription_rate before update of plan_id on subscriptions
     for each row when (old.plan_id is distinct from new.plan_id) execute function hub_clear_rate()`,
  `create function hub_clear_rates_of_plan() returns trigger language plpgsql as $$
   begin
     perform 1 from subscriptions where plan_id = new.id and rate_at > now() order by user_id for no key update;
     update subscriptions set rate_at = null where plan_id = new.id and rate_at > now();
     return null;
   end $$`,
  `create trigger hub_plan_rate after update of requests_per_minute, burst on plans
     for each row when (old.requests_per_minute <> new.requests_per_minute or old.burst <> new.burst)
     execute function hub_clear_rates_of_plan()`,
] as const

export const rateDown = [
  `drop trigger if exists hub_plan_rate on plans`,
  `drop trigger if exists hub_subscription_rate on subscriptions`,
  `drop function if exists hub_clear_rates_of_plan()`,
  `drop function if exists hub_clear_rate()`,
] as const
