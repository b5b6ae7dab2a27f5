/**
 * Changes to the tables that Payload creates: integers instead of `numeric`, one ordered enum for tiers, columns that no
 * document write touches, and foreign keys with which a user can be deleted.
 */
const WHOLE_NUMBERS: Record<string, Record<string, 'bigint' | 'integer'>> = {
  plans: {
    rank: 'integer',
    price_cents: 'integer',
    token_limit: 'bigint',
    requests_per_minute: 'integer',
    burst: 'integer',
    calls_at_once: 'integer',
  },
  tools: { timeout_ms: 'integer', retries: 'integer', metering_tokens: 'integer', max_tokens: 'integer' },
}

const retype = (toWhole: boolean) =>
  Object.entries(WHOLE_NUMBERS).map(([table, columns]) => {
    const changes = Object.entries(columns).map(
      ([column, type]) => `alter column ${column} type ${toWhole ? type : 'numeric'}`,
    )
    return `alter table ${table} ${changes.join(', ')}`
  })

/** Changes a column's enum type through text, default included (a default of another enum cannot be cast). */
const retypeTier = (table: string, column: string, type: string) => `do $$
  declare preset text;
  begin
    select substring(pg_get_expr(d.adbin, d.adrelid) from '''([^'']*)''') into preset
      from pg_attribute a join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = '${table}'::regclass and a.attname = '${column}';
    alter table ${table} alter column ${column} drop default;
    alter table ${table} alter column ${column} type ${type} using ${column}::text::${type};
    if preset is not null then
      execute format('alter table ${table} alter column ${column} set default %L::${type}', preset);
    end if;
  end $$`

/** Back to Payload's own enum where it exists, so that dropping hub_tier cannot fail. */
const untypeTier = (table: string, column: string) => `do $$
  declare preset text; target text := coalesce(to_regtype('enum_${table}_${column}')::text, 'text');
  begin
    select substring(pg_get_expr(d.adbin, d.adrelid) from '''([^'']*)''') into preset
      from pg_attribute a join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = '${table}'::regclass and a.attname = '${column}';
    alter table ${table} alter column ${column} drop default;
    execute format('alter table ${table} alter column ${column} type %s using ${column}::text::%s', target, target);
    if preset is not null then
      execute format('alter table ${table} alter column ${column} set default %L', preset);
    end if;
  end $$`

/** With Payload's "on delete set null" on a required column a user could not be deleted: `action` replaces it. */
const onUserDelete = (table: string, action: string) => `do $$
  declare fk text;
  begin
    for fk in select c.conname from pg_constraint c
              join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
              where c.conrelid = '${table}'::regclass and c.contype = 'f' and a.attname = 'user_id' loop
      execute format('alter table ${table} drop constraint %I', fk);
      execute format('alter table ${table} add constraint %I foreign key (user_id) references users (id) on delete ${action}', fk);
    end loop;
  end $$`

export const payloadColumnsUp = [
  ...retype(true),
  retypeTier('plans', 'tier', 'hub_tier'),
  retypeTier('tools', 'minimum_tier', 'hub_tier'),
  // A zero would cause a division by zero in the rate limit, or block everybody.
  `alter table plans
     add constraint hub_plans_token_limit check (token_limit >= 0),
     add constraint hub_plans_requests_per_minute check (requests_per_minute >= 1),
     add constraint hub_plans_burst check (burst >= 1),
     add constraint hub_plans_calls_at_once check (calls_at_once >= 1)`,
  `alter table api_keys add column if not exists last_used_at timestamptz`,
  `alter table tools add column if not exists revision bigint not null default 1`,
  // Counters: only changed by the guarded statements of src/domain/ledger and src/domain/billing.
  `alter table subscriptions
     add column if not exists tokens_used bigint not null default 0 check (tokens_used >= 0),
     add column if not exists tokens_held bigint not null default 0 check (tokens_held >= 0),
     add column if not exists calls_in_flight int not null default 0 check (calls_in_flight >= 0),
     add column if not exists rate_at timestamptz`,
  // Free space on each page for the counters' updates, which touch no index.
  `alter table subscriptions set (fillfactor = 20, autovacuum_vacuum_scale_factor = 0.02)`,
  onUserDelete('subscriptions', 'cascade'),
  onUserDelete('api_keys', 'cascade'),
] as const

export const payloadColumnsDown = [
  onUserDelete('api_keys', 'set null'),
  onUserDelete('subscriptions', 'set null'),
  `alter table subscriptions reset (fillfactor, autovacuum_vacuum_scale_factor)`,
  `alter table subscriptions drop column if exists tokens_used, drop column if exists tokens_held,
     drop column if exists calls_in_flight, drop column if exists rate_at`,
  `alter table tools drop column if exists revision`,
  `alter table api_keys drop column if exists last_used_at`,
  `alter table plans drop constraint if exists hub_plans_token_limit,
     drop constraint if exists hub_plans_requests_per_minute, drop constraint if exists hub_plans_burst,
     drop constraint if exists hub_plans_calls_at_once`,
  untypeTier('tools', 'minimum_tier'),
  untypeTier('plans', 'tier'),
  ...retype(false),
] as const
