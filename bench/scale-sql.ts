/**
 * Ten million calls as SQL, consistent with every sum that is kept of them. All subscriptions began at the first of
 * the month eleven months ago, so periods are months. A user calls three tools, on every seventh day.
 */

/** Users, tools and their numbers, for the statements below; $1 users, $2 the plan's name. */
export const MAKE_PEOPLE = `
  create table bench_people as
  select n - 1 as n, (lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || '7000a'
    || lpad(to_hex(n), 15, '0'))::uuid as id
  from generate_series(1, $users) n`

export const ADD_PEOPLE = [
  `insert into users (id, name, email, created_at)
   select id, 'Somebody ' || n, 'somebody-' || n || '@example.com', now() - interval '1 year' from bench_people`,
  `insert into subscriptions (id, user_id, plan_id, status, started_at, period_start, period_end)
   select b.id, b.id, p.id, 'active', m.month - interval '11 months', m.month, m.month + interval '1 month'
   from bench_people b cross join plans p
   cross join (select date_trunc('month', now(), 'UTC') as month) m where p.name = 'bench'`,
  `create unique index on bench_people (n)`,
  `create table bench_tools as select row_number() over (order by slug) - 1 as n, id, name from tools`,
  'analyze bench_people',
]

/** Tools beside the seeded ones; what they are does not matter here. */
export const ADD_TOOLS = `
  insert into tools (id, name, slug, description, adapter, endpoint)
  select (lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || '7000b' || lpad(to_hex(n), 15, '0'))::uuid,
    'Bench tool ' || n, 'bench-tool-' || n, 'For the benchmark.', 'http', 'http://127.0.0.1:9/'
  from generate_series(1, 10) n on conflict do nothing`

/** Calls number $1 to $2 of $3, spread evenly from the start of the first month until now. */
export const ADD_CALLS = `
  with span as materialized (
    select date_trunc('month', now(), 'UTC') - interval '11 months' as first, now() - interval '1 minute' as last,
      (select count(*) from bench_people) as people, (select count(*) from bench_tools) as tools,
      (select id from plans where name = 'bench') as plan_id
  ), made as (
    select n, date_trunc('milliseconds', first + (last - first) * (n / $3::float8)) as at, people, tools, plan_id,
      abs(hashint8(n)::bigint) as chance
    from generate_series($1::bigint, $2::bigint) n cross join span
  ), placed as (
    select made.*, (7 * (chance % (people / 7)) + extract(day from at)::int % 7) as person from made
  )
  insert into usage_logs (id, user_id, tool_id, tool_name, plan_id, period_start, status, tokens_used, tokens_held,
    source, request_id, duration_ms, error_code, created_at, settled_at, updated_at)
  select id, user_id, tool_id, tool_name, plan_id, date_trunc('month', at, 'UTC'), status,
    case when status = 'success' then 10 + chance % 500 else 0 end, 100,
    case when status = 'success' then 'reported' else 'unknown' end, id, 20 + chance % 3000,
    case status when 'error' then 'TOOL_UNAVAILABLE' when 'timeout' then 'TOOL_TIMEOUT' end, at, at, at
  from (
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '70008' || lpad(to_hex(p.n), 15, '0'))::uuid
        as id, b.id as user_id, t.id as tool_id, t.name as tool_name, plan_id, at, chance,
      case when chance % 100 < 96 then 'success' when chance % 100 < 99 then 'error' else 'timeout' end as status
    from placed p join bench_people b on b.n = p.person join bench_tools t on t.n = (p.person + p.chance / 100003 % 3) % tools
  ) calls`

/** The sums that settlements would have kept. */
export const ADD_SUMS = [
  `insert into usage_daily (user_id, period_start, plan_id, tool_id, day, calls_success, calls_error, calls_timeout, tokens)
   select user_id, period_start, plan_id, tool_id, (created_at at time zone 'utc')::date,
     count(*) filter (where status = 'success'), count(*) filter (where status = 'error'),
     count(*) filter (where status = 'timeout'), sum(tokens_used)
   from usage_logs group by 1, 2, 3, 4, 5`,
  `insert into subscription_periods (user_id, period_start, period_end, plan_id, token_limit, tokens_used, tokens_held)
   select d.user_id, d.period_start, d.period_start + interval '1 month', d.plan_id, p.token_limit, sum(d.tokens), 0
   from usage_daily d join plans p on p.id = d.plan_id
   where d.period_start < date_trunc('month', now(), 'UTC') group by d.user_id, d.period_start, d.plan_id, p.token_limit`,
  `update subscriptions s set tokens_used = d.tokens
   from (select user_id, sum(tokens) as tokens from usage_daily
         where period_start = date_trunc('month', now(), 'UTC') group by user_id) d
   where d.user_id = s.user_id`,
]

const idAt = (at: string, n: string) =>
  `(left(hub_uuid_at(${at})::text, 24) || lpad(to_hex(${n}), 12, '0'))::uuid`

/** Refused calls of the last 30 days and audit entries of a year, where there are few: what the panel lists beside calls. */
export const ADD_RECORDS = [
  `insert into refusals (id, at, user_id, tool_id, tool_name, layer, reason, code, message, request_id)
   select ${idAt('r.at', 'r.n')}, r.at, b.id, t.id, t.name, 'tokens', 'spent', 'TOKEN_LIMIT_EXCEEDED', 'For the benchmark.', r.n::text
   from (select n, now() - n * interval '8 seconds' as at from generate_series(1, 300000) n) r
   join bench_people b on b.n = r.n % 1000 join bench_tools t on t.n = r.n % 10
   where (select count(*) from refusals) < 300000`,
  `insert into audit_logs (id, at, action, actor_id, actor_email, via, subject, subject_id, title, request_id)
   select ${idAt('r.at', 'r.n')}, r.at, 'sign-in', b.id, 'somebody-' || b.n || '@example.com', 'api', 'users', b.id::text,
     'somebody-' || b.n || '@example.com', r.n::text
   from (select n, now() - n * interval '100 seconds' as at from generate_series(1, 300000) n) r
   join bench_people b on b.n = r.n % 1000
   where (select count(*) from audit_logs) < 300000`,
  'analyze refusals',
  'analyze audit_logs',
]

/** The secondary indexes of usage_logs, to be made anew after the rows are in. */
export const SECONDARY_INDEXES = `
  select c.relname as name, pg_get_indexdef(c.oid) as definition
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid = 'usage_logs'::regclass and not i.indisprimary`
