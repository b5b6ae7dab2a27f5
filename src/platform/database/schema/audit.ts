/**
 * The audit log: rows are added and stay. There is no foreign key, since a deleted user's entries stay as they are;
 * `updated` and `deleted` are refused here, whoever asks.
 */
export const auditUp = [
  `create table audit_logs (
     id uuid primary key,
     at timestamptz(3) not null default now(),
     action text not null,
     actor_id uuid,
     actor_email text,
     via text not null,
     subject text not null,
     subject_id text,
     title text,
     note text,
     changes jsonb,
     api_key_id text,
     address text,
     user_agent text,
     request_id text
   )`,
  `create index audit_logs_at_idx on audit_logs (at)`,
  `create index audit_logs_actor_idx on audit_logs (actor_id, id) where actor_id is not null`,
  `create index audit_logs_actor_email_idx on audit_logs (actor_email, id) where actor_email is not null`,
  `create index audit_logs_action_idx on audit_logs (action, id)`,
  `create index audit_logs_subject_idx on audit_logs (subject, id)`,
  `create index audit_logs_subject_id_idx on audit_logs (subject_id, id) where subject_id is not null`,
  `create index audit_logs_title_idx on audit_logs (title, id) where title is not null`,
  `create index audit_logs_request_idx on audit_logs (request_id) where request_id is not null`,
  `create function hub_append_only() returns trigger language plpgsql as $$
   begin
     raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
   end $$`,
  `create trigger hub_append_only before update or delete on audit_logs
     for each row execute function hub_append_only()`,
  `create trigger hub_append_only_truncate before truncate on audit_logs
     for each statement execute function hub_append_only()`,
] as const

/** Undoes `auditUp`. */
export const auditDown = [
  `drop table if exists audit_logs`,
  `drop function if exists hub_append_only()`,
] as const
