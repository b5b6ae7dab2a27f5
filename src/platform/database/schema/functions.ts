/**
 * Time in SQL. The period functions are the twins of src/domain/billing/period.ts (a property test holds them
 * equal); `hub_uuid_at` turns a date filter into a range of uuidv7 ids, which is what usage_logs is
 * partitioned and ordered by.
 */
export const functionsUp = [
  `create type hub_tier as enum ('free', 'pro', 'enterprise')`,

  // Whole months from the anchor, counted in UTC; adding months clamps a 31st to the month's last day.
  `create function hub_period_start(anchor timestamptz, at timestamptz) returns timestamptz
   language plpgsql immutable strict parallel safe as $$
   declare
     a timestamp := anchor at time zone 'utc';
     t timestamp := at at time zone 'utc';
     n int := (extract(year from t) - extract(year from a))::int * 12
            + (extract(month from t) - extract(month from a))::int;
   begin
     if a + make_interval(months => n) > t then n := n - 1; end if;
     return (a + make_interval(months => greatest(n, 0))) at time zone 'utc';
   end $$`,

  `create function hub_period_end(anchor timestamptz, at timestamptz) returns timestamptz
   language plpgsql immutable strict parallel safe as $$
   declare
     a timestamp := anchor at time zone 'utc';
     t timestamp := at at time zone 'utc';
     n int := (extract(year from t) - extract(year from a))::int * 12
            + (extract(month from t) - extract(month from a))::int;
   begin
     if a + make_interval(months => n) > t then n := n - 1; end if;
     return (a + make_interval(months => greatest(n, 0) + 1)) at time zone 'utc';
   end $$`,

  // The lowest uuidv7 of that millisecond.
  `create function hub_uuid_at(at timestamptz) returns uuid
   language sql immutable strict parallel safe as $$
     select (lpad(to_hex(floor(extract(epoch from at at time zone 'utc') * 1000)::bigint), 12, '0')
             || '70008000000000000000')::uuid
   $$`,

  // The millisecond that a uuidv7 carries.
  `create function hub_uuid_time(id uuid) returns timestamptz
   language sql immutable strict parallel safe as $$
     select to_timestamp(0) + make_interval(secs =>
       ('x0000' || substr(id::text, 1, 8) || substr(id::text, 10, 4))::bit varying(64)::bit(64)::bigint / 1000.0)
   $$`,
] as const

export const functionsDown = [
  `drop function if exists hub_uuid_time(uuid)`,
  `drop function if exists hub_uuid_at(timestamptz)`,
  `drop function if exists hub_period_end(timestamptz, timestamptz)`,
  `drop function if exists hub_period_start(timestamptz, timestamptz)`,
  `drop type if exists hub_tier`,
] as const
