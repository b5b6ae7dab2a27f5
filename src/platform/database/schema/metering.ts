/**
 * The ledger's tables. `usage_logs` replaces the plain table that Payload created: range-partitioned by its
 * uuidv7 id, whole numbers, no foreign key (a month must be droppable, a deleted user's rows stay), and no
 * index on a column that settlement changes, so that settling a row is a HOT update.
 */
const USAGE_LOGS = `create table usage_logs (
  id uuid not null,
  user_id uuid not null,
  api_key_id uuid,
  tool_id uuid not null,
  tool_name text not null,
  plan_id uuid not null,
  period_start timestamptz(3) not null,
  status text not null default 'pending' check (status in ('pending', 'success', 'error', 'timeout')),
  tokens_used bigint not null default 0 check (tokens_used >= 0),
  tokens_held bigint not null default 0 check (tokens_held >= 0),
  source text check (source in ('reported', 'counted', 'fixed', 'partial', 'unknown')),
  request_id uuid not null,
  duration_ms int,
  error_code text,
  instance_id uuid,
  deadline_at timestamptz(3),
  idempotency_key text,
  idempotency_hash bytea,
  created_at timestamptz(3) not null default now(),
  settled_at timestamptz(3),
  updated_at timestamptz(3) not null default now(),
  primary key (id)
) partition by range (id)`

/**
 * Creates the partition for the month of `at`, and for `months` more. Each is created separately and then attached, which
 * does not block admissions. Its rows in the default partition move into it.
 */
const MAKE_PARTITIONS = `create function hub_make_usage_partitions(at timestamptz, months int) returns int
  language plpgsql as $$
  declare
    first timestamp := date_trunc('month', at at time zone 'utc');
    month timestamp; name text; low uuid; high uuid; made int := 0;
  begin
    -- Two instances at it would each want the default partition for themselves.
    perform pg_advisory_xact_lock(hashtext('hub.partitions'));
    for n in 0 .. months loop
      month := first + make_interval(months => n);
      name := 'usage_logs_' || to_char(month, 'YYYY_MM');
      continue when to_regclass(name) is not null;
      low := hub_uuid_at(month at time zone 'utc');
      high := hub_uuid_at((month + interval '1 month') at time zone 'utc');
      execute format('create table %I (like usage_logs including defaults including constraints including indexes)
                      with (fillfactor = 80)', name);
      execute format('with moved as (delete from usage_logs_default where id >= %L and id < %L returning *)
                      insert into %I select * from moved', low, high, name);
      execute format('alter table usage_logs attach partition %I for values from (%L) to (%L)', name, low, high);
      made := made + 1;
    end loop;
    return made;
  end $$`

export const meteringUp = [
  `drop table if exists usage_logs cascade`,
  USAGE_LOGS,
  `create index usage_logs_user_idx on usage_logs (user_id, id)`,
  `create index usage_logs_tool_idx on usage_logs (tool_id, id)`,
  `create table usage_logs_default partition of usage_logs default with (fillfactor = 80)`,
  MAKE_PARTITIONS,
  `select hub_make_usage_partitions(now() - interval '1 month', 4)`,

  // Past periods keep their own counters, because calls that were admitted in them still settle there.
  `create table subscription_periods (
     user_id uuid not null,
     period_start timestamptz(3) not null,
     period_end timestamptz(3) not null,
     plan_id uuid not null,
     token_limit bigint not null,
     tokens_used bigint not null check (tokens_used >= 0),
     tokens_held bigint not null check (tokens_held >= 0),
     primary key (user_id, period_start)
   ) with (fillfactor = 80)`,
  // A deleted subscription's period becomes a past period, so that its calls in flight can still settle.
  `create function hub_archive_subscription() returns trigger language plpgsql as $$
   begin
     insert into subscription_periods as p
       (user_id, period_start, period_end, plan_id, token_limit, tokens_used, tokens_held)
     values (old.user_id, old.period_start, old.period_end, old.plan_id,
       coalesce((select token_limit from plans where id = old.plan_id), 0), old.tokens_used, old.tokens_held)
     on conflict (user_id, period_start) do update
       set tokens_used = p.tokens_used + excluded.tokens_used, tokens_held = p.tokens_held + excluded.tokens_held;
     return old;
   end $$`,
  `create trigger hub_archive_subscription before delete on subscriptions
     for each row execute function hub_archive_subscription()`,

  `create table usage_daily (
     user_id uuid not null,
     period_start timestamptz(3) not null,
     plan_id uuid not null,
     tool_id uuid not null,
     day date not null,
     calls_success bigint not null default 0,
     calls_error bigint not null default 0,
     calls_timeout bigint not null default 0,
     tokens bigint not null default 0,
     primary key (user_id, period_start, plan_id, tool_id, day)
   ) with (fillfactor = 20)`,
  `create index usage_daily_day_idx on usage_daily (day)`,

  // The response is stored as text: it is repeated byte for byte and never parsed.
  `create table idempotency_keys (
     user_id uuid not null,
     tool_id uuid not null,
     key text not null,
     body_hash bytea not null,
     usage_id uuid not null,
     answer text,
     created_at timestamptz not null,
     expires_at timestamptz not null,
     primary key (user_id, tool_id, key)
   )`,
  `create index idempotency_keys_expiry_idx on idempotency_keys (expires_at)`,
  `create function hub_forget_user() returns trigger language plpgsql as $$
   begin
     delete from idempotency_keys where user_id = old.id;
     return null;
   end $$`,
  `create trigger hub_forget_user after delete on users for each row execute function hub_forget_user()`,

  `create table instances (
     id uuid primary key,
     started_at timestamptz not null default now(),
     renewed_at timestamptz not null default now()
   )`,
] as const

export const meteringDown = [
  `drop table if exists instances`,
  `drop trigger if exists hub_forget_user on users`,
  `drop function if exists hub_forget_user()`,
  `drop table if exists idempotency_keys`,
  `drop table if exists usage_daily`,
  `drop trigger if exists hub_archive_subscription on subscriptions`,
  `drop function if exists hub_archive_subscription()`,
  `drop table if exists subscription_periods`,
  `drop function if exists hub_make_usage_partitions(timestamptz, int)`,
  // Turns it back into a plain table with its rows, so that Payload's own `down` finds the table that it created.
  `create table usage_logs_plain (like usage_logs including defaults)`,
  `insert into usage_logs_plain select * from usage_logs`,
  `drop table usage_logs`,
  `alter table usage_logs_plain rename to usage_logs`,
  `alter table usage_logs add primary key (id)`,
] as const
