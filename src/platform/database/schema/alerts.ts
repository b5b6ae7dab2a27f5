/** What was told, to whom, and whether it arrived; and how far the usage log was looked at for it. */
export const alertsUp = [
  `create table alerts (
     id uuid primary key,
     at timestamptz(3) not null,
     kind text not null,
     key text not null unique,
     user_id uuid,
     tool_id uuid,
     title text not null,
     data jsonb not null,
     last_seen_at timestamptz(3) not null,
     state text not null
   )`,
  `create index alerts_user_idx on alerts (user_id, id) where user_id is not null`,
  `create index alerts_tool_idx on alerts (tool_id, id) where tool_id is not null`,
  `create index alerts_kind_idx on alerts (kind, id)`,
  `create index alerts_waiting_idx on alerts (id) where state = 'waiting'`,
  `create table alert_deliveries (
     id uuid primary key,
     alert_id uuid not null references alerts (id) on delete cascade,
     channel text not null check (channel in ('mail', 'webhook')),
     recipient text not null,
     created_at timestamptz not null,
     attempts int not null default 0,
     next_attempt_at timestamptz not null,
     sent_at timestamptz,
     given_up_at timestamptz,
     last_error text
   )`,
  `create index alert_deliveries_alert_idx on alert_deliveries (alert_id)`,
  `create index alert_deliveries_open_idx on alert_deliveries (channel, next_attempt_at)
     where sent_at is null and given_up_at is null`,
  `create table alert_watch (
     only_row bool primary key default true check (only_row),
     looked_until timestamptz not null,
     looked_deep_at timestamptz not null
   )`,
  `insert into alert_watch (looked_until, looked_deep_at) values (now(), now())`,
] as const

/** Undoes `alertsUp`. */
export const alertsDown = [
  `drop table if exists alert_watch`,
  `drop table if exists alert_deliveries`,
  `drop table if exists alerts`,
] as const
