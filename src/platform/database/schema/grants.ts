/**
 * Extra tokens and pauses. What a grant raises the current period's limit by stands in the balance row itself, so that
 * admission need not look anywhere else: null for almost everybody. `token_grants` keeps who gave what, and why.
 */
export const grantsUp = [
  `alter table subscriptions
     add column extra_tokens bigint[],
     add column extra_until timestamptz[],
     add column paused_at timestamptz(3),
     add column paused_reason text,
     add constraint hub_subscriptions_extra
       check (coalesce(cardinality(extra_tokens), 0) = coalesce(cardinality(extra_until), 0))`,

  // What of the grants still counts at a moment: a grant ends by arithmetic, like a period.
  `create function hub_extra_tokens(tokens bigint[], until timestamptz[], at timestamptz) returns bigint
   language sql immutable parallel safe as $$
     select coalesce(sum(g.tokens), 0)::bigint from unnest(tokens, until) as g(tokens, until) where g.until > at
   $$`,

  `create table token_grants (
     id uuid primary key,
     user_id uuid not null,
     period_start timestamptz(3) not null,
     tokens bigint not null check (tokens > 0),
     reason text not null,
     expires_at timestamptz(3) not null,
     admin_id uuid not null,
     request_id uuid not null,
     created_at timestamptz(3) not null,
     unique (user_id, request_id)
   )`,

  // A period that ends by the deletion of its subscription keeps the limit that it had.
  `create or replace function hub_archive_subscription() returns trigger language plpgsql as $$
   begin
     insert into subscription_periods as p
       (user_id, period_start, period_end, plan_id, token_limit, tokens_used, tokens_held)
     values (old.user_id, old.period_start, old.period_end, old.plan_id,
       coalesce((select token_limit from plans where id = old.plan_id), 0)
         + hub_extra_tokens(old.extra_tokens, old.extra_until, now()), old.tokens_used, old.tokens_held)
     on conflict (user_id, period_start) do update
       set tokens_used = p.tokens_used + excluded.tokens_used, tokens_held = p.tokens_held + excluded.tokens_held;
     return old;
   end $$`,
] as const

export const grantsDown = [
  `create or replace function hub_archive_subscription() returns trigger language plpgsql as $$
   begin
     insert into subscription_periods as p
       (user_id, period_start, period_end, plan_id, token_limit, tokens_used, tokens_held)
     values (old.user_id, old.period_start, old.period_end, old.plan_id,
       coalesce((select token_limit from plans where id = old.plan_id), 0), old.tokens_used, old.tokens_held)
     on conflict (user_id, period_start) do update
       set tokens_used = p.tokens_used + excluded.tokens_used, tokens_held = p.tokens_held + excluded.tokens_held;
     return old;
   end $$`,
  `drop table if exists token_grants`,
  `alter table subscriptions drop constraint if exists hub_subscriptions_extra,
     drop column if exists extra_tokens, drop column if exists extra_until, drop column if exists paused_at,
     drop column if exists paused_reason`,
  `drop function if exists hub_extra_tokens(bigint[], timestamptz[], timestamptz)`,
] as const
