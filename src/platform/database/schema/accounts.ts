/** Tables of src/domain/accounts and src/platform/mail that are no documents: secrets, sessions, single-use links, mail. */
export const accountsUp = [
  `create table credentials (
     user_id uuid primary key references users (id) on delete cascade,
     password_hash text not null,
     failed_logins int not null default 0,
     locked_until timestamptz,
     changed_at timestamptz not null default now()
   )`,
  `create table sessions (
     id uuid primary key,
     user_id uuid not null references users (id) on delete cascade,
     created_at timestamptz not null default now(),
     last_used_at timestamptz not null default now(),
     expires_at timestamptz not null,
     revoked_at timestamptz,
     address text,
     user_agent text
   )`,
  `create index sessions_user_idx on sessions (user_id)`,
  `create index sessions_expiry_idx on sessions (expires_at)`,
  `create table refresh_tokens (
     hash bytea primary key,
     session_id uuid not null references sessions (id) on delete cascade,
     created_at timestamptz not null default now(),
     expires_at timestamptz not null,
     spent_at timestamptz
   )`,
  `create index refresh_tokens_session_idx on refresh_tokens (session_id)`,
  `create table email_tokens (
     hash bytea primary key,
     user_id uuid not null references users (id) on delete cascade,
     purpose text not null check (purpose in ('password_reset', 'confirm_email')),
     created_at timestamptz not null default now(),
     expires_at timestamptz not null,
     used_at timestamptz
   )`,
  `create index email_tokens_user_idx on email_tokens (user_id, purpose)`,
  `create table mail_outbox (
     id uuid primary key,
     recipient text not null,
     subject text not null,
     body_text text not null,
     body_html text,
     created_at timestamptz not null default now(),
     attempts int not null default 0,
     next_attempt_at timestamptz not null default now(),
     sent_at timestamptz,
     last_error text
   )`,
  `create index mail_outbox_due_idx on mail_outbox (next_attempt_at) where sent_at is null`,
  // The shape is rate-limiter-flexible's; `expire` is milliseconds since 1970.
  `create table rate_limits (
     key varchar(255) primary key,
     points integer not null default 0,
     expire bigint
   )`,
] as const

export const accountsDown = [
  `drop table if exists rate_limits`,
  `drop table if exists mail_outbox`,
  `drop table if exists email_tokens`,
  `drop table if exists refresh_tokens`,
  `drop table if exists sessions`,
  `drop table if exists credentials`,
] as const
