/** Refused calls, written in batches and dropped after 30 days; without foreign keys, so that nothing else waits for them. */
export const refusalsUp = [
  `create table refusals (
     id uuid primary key,
     at timestamptz(3) not null,
     user_id uuid,
     tool_id uuid,
     tool_name text,
     layer text not null,
     reason text not null,
     code text not null,
     message text not null,
     request_id text not null,
     figures jsonb,
     left_out int not null default 0
   )`,
  `create index refusals_user_idx on refusals (user_id, id) where user_id is not null`,
  `create index refusals_request_idx on refusals (request_id)`,
  `create index refusals_reason_idx on refusals (reason, id)`,
] as const

/** Undoes `refusalsUp`. */
export const refusalsDown = [`drop table if exists refusals`] as const
