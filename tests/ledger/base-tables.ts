/**
 * Tables as Payload's first migration makes them, as far as the ledger looks at them, so that its tests need
 * no Payload. hubSchemaUp runs after these.
 */
export const baseTables: readonly string[] = [
  `create type enum_users_role as enum ('user', 'admin')`,
  `create type enum_plans_tier as enum ('free', 'pro', 'enterprise')`,
  `create type enum_tools_minimum_tier as enum ('free', 'pro', 'enterprise')`,
  `create type enum_tools_status as enum ('draft', 'published')`,
  `create type enum_subscriptions_status as enum ('active', 'cancelled', 'expired')`,
  `create table users (
     id uuid primary key default gen_random_uuid(), name varchar not null, email varchar not null unique,
     role enum_users_role not null default 'user', disabled boolean default false, avatar_id uuid,
     email_confirmed_at timestamptz(3), created_at timestamptz(3) not null default now(),
     updated_at timestamptz(3) not null default now())`,
  `create table api_keys (
     id uuid primary key default gen_random_uuid(),
     user_id uuid not null references users (id) on delete set null, name varchar not null,
     key_prefix varchar not null, key_hash varchar not null unique, active boolean default true,
     expires_at timestamptz(3), created_at timestamptz(3) not null default now(),
     updated_at timestamptz(3) not null default now())`,
  `create table plans (
     id uuid primary key default gen_random_uuid(), name varchar not null unique, title varchar not null,
     tier enum_plans_tier not null default 'free', rank numeric not null default 0,
     price_cents numeric not null default 0, currency varchar not null default 'USD',
     token_limit numeric not null, requests_per_minute numeric not null default 60,
     burst numeric not null default 30, calls_at_once numeric not null default 10,
     self_service boolean default true,
     created_at timestamptz(3) not null default now(), updated_at timestamptz(3) not null default now())`,
  `create table plans_features (
     _order integer not null, _parent_id uuid not null references plans (id) on delete cascade,
     id varchar primary key default gen_random_uuid()::text, text varchar not null)`,
  `create table tools (
     id uuid primary key default gen_random_uuid(), name varchar not null, slug varchar not null,
     description varchar, category varchar, icon_id uuid, adapter varchar not null default 'http',
     endpoint varchar, method varchar, headers jsonb, builtin varchar, input_schema jsonb, example jsonb,
     timeout_ms numeric not null default 30000, retries numeric not null default 2,
     metering_mode varchar not null default 'reported', metering_path varchar, metering_tokens numeric,
     max_tokens numeric, minimum_tier enum_tools_minimum_tier not null default 'free',
     is_active boolean default true, created_at timestamptz(3) not null default now(),
     updated_at timestamptz(3) not null default now(),
     remote_tool varchar, model varchar, model_kind varchar, system_prompt varchar, prompt_template varchar,
     default_output_tokens numeric, max_output_tokens numeric, weight_input numeric,
     weight_cached_input numeric, weight_output numeric, weight_reasoning numeric, routing varchar,
     weight_cache_write5m numeric, weight_cache_write1h numeric, context_window numeric,
     share numeric, speaks_responses boolean, deleted_at timestamptz(3), _status enum_tools_status default 'draft')`,
  `create table tools_open_options (
     "order" integer not null, parent_id uuid not null references tools (id) on delete cascade,
     value varchar, id uuid primary key default gen_random_uuid())`,
  `create unique index tools_name_idx on tools (name)`,
  `create unique index tools_slug_idx on tools (slug)`,
  `create table tools_upstreams (
     _order integer not null, _parent_id uuid not null references tools (id) on delete cascade,
     id varchar primary key default gen_random_uuid()::text, name varchar not null, adapter varchar not null,
     share numeric, endpoint varchar, model varchar not null)`,
  `create table subscriptions (
     id uuid primary key default gen_random_uuid(),
     user_id uuid not null references users (id) on delete set null,
     plan_id uuid not null references plans (id) on delete set null,
     pending_plan_id uuid references plans (id) on delete set null,
     status enum_subscriptions_status not null default 'active',
     started_at timestamptz(3) not null, period_start timestamptz(3) not null,
     period_end timestamptz(3) not null, created_at timestamptz(3) not null default now(),
     updated_at timestamptz(3) not null default now())`,
  `create unique index subscriptions_user_idx on subscriptions (user_id)`,
  `create index subscriptions_updated_at_idx on subscriptions (updated_at)`,
  `create table usage_logs (
     id uuid primary key default gen_random_uuid(), status varchar, tokens_used numeric,
     created_at timestamptz(3) not null default now(), updated_at timestamptz(3) not null default now())`,
  `create table media (id uuid primary key default gen_random_uuid(), filename varchar, sizes_card_filename varchar)`,
  `create table settings (
     id uuid primary key default gen_random_uuid(), hub_name varchar not null default 'Joyfull UI Hub',
     logo_id uuid references media (id) on delete set null, sign_up_open boolean default true,
     default_plan_id uuid references plans (id) on delete set null, webhook_url varchar, retention_months numeric,
     created_at timestamptz(3), updated_at timestamptz(3))`,
  `create table settings_texts (
     id serial primary key, "order" integer not null,
     parent_id uuid not null references settings (id) on delete cascade, path varchar not null, text varchar)`,
]
