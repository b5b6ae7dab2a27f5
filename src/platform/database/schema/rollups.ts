/**
 * Tables of the ledger in addition to its rows: sums of the whole platform, which a timer folds from the rows; corrections;
 * results of the ledger check. None of them refers to usage_logs, so that a month of rows can be dropped.
 */
export const rollupsUp = [
  // Bucket b counts values above 2^((b-1)/8) and up to 2^(b/8): 9 % wide, so that one size serves ms and tokens.
  `create function hub_bucket(value bigint) returns int
   language sql immutable strict parallel safe as $$
     select case when value <= 1 then 0 else ceil(8 * ln(value) / ln(2) - 1e-9)::int end
   $$`,

  `create table usage_hourly (
     hour timestamptz not null,
     tool_id uuid not null,
     plan_id uuid not null,
     calls_success bigint not null,
     calls_error bigint not null,
     calls_timeout bigint not null,
     calls_pending bigint not null,
     tokens bigint not null,
     durations int[] not null,
     tokens_spread int[] not null,
     primary key (hour, tool_id, plan_id)
   )`,
  `create table usage_by_day (
     day date not null,
     tool_id uuid not null,
     plan_id uuid not null,
     calls_success bigint not null,
     calls_error bigint not null,
     calls_timeout bigint not null,
     calls_pending bigint not null,
     tokens bigint not null,
     primary key (day, tool_id, plan_id)
   )`,
  // Hours before folded_until are in the roll-ups; rows before rows_since were dropped.
  `create table usage_folds (
     only_row bool primary key default true check (only_row),
     folded_until timestamptz not null default 'epoch',
     rows_since timestamptz not null default 'epoch'
   )`,
  `insert into usage_folds default values`,
  // Rows are only added, so it has no key: a settlement must not wait for a fold, nor the fold for it.
  `create table usage_hours_due (hour timestamptz not null)`,

  `create table tool_recent (
     tool_id uuid primary key,
     calls bigint not null,
     tokens_p95 bigint not null,
     updated_at timestamptz not null
   )`,

  `create table usage_corrections (
     id uuid primary key,
     usage_id uuid not null,
     user_id uuid not null,
     admin_id uuid not null,
     request_id uuid not null,
     reason text not null,
     tokens_before bigint not null check (tokens_before >= 0),
     tokens_after bigint not null check (tokens_after >= 0),
     created_at timestamptz(3) not null,
     unique (usage_id, request_id)
   )`,
  `create index usage_corrections_user_idx on usage_corrections (user_id)`,

  `create table ledger_checks (
     id uuid primary key,
     at timestamptz(3) not null,
     asked_by text not null check (asked_by in ('timer', 'command', 'admin')),
     users bigint not null,
     periods bigint not null,
     drifts jsonb not null,
     drift_count bigint not null,
     stray_rows bigint not null,
     took_ms bigint not null
   )`,
  `create index ledger_checks_at_idx on ledger_checks (at desc)`,
] as const

export const rollupsDown = [
  `drop table if exists ledger_checks`,
  `drop table if exists usage_corrections`,
  `drop table if exists tool_recent`,
  `drop table if exists usage_hours_due`,
  `drop table if exists usage_folds`,
  `drop table if exists usage_by_day`,
  `drop table if exists usage_hourly`,
  `drop function if exists hub_bucket(bigint)`,
] as const
