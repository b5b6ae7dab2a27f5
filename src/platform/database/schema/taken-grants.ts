/**
 * What of a grant was taken back, by whom and why: the grant itself stays as it was given. What still counts of it is
 * `tokens - taken_back`.
 */
export const takenGrantsUp = [
  `alter table token_grants
     add column taken_back bigint not null default 0,
     add column taken_at timestamptz(3),
     add column taken_by uuid,
     add column taken_reason text,
     add constraint hub_token_grants_taken
       check (taken_back between 0 and tokens and (taken_back > 0) = (taken_at is not null))`,
] as const

/** Undoes `takenGrantsUp`. A grant is then what still counted of it; one that was taken back whole goes. */
export const takenGrantsDown = [
  `alter table token_grants drop constraint if exists hub_token_grants_taken`,
  `delete from token_grants where taken_back = tokens`,
  `update token_grants set tokens = tokens - taken_back where taken_back > 0`,
  `alter table token_grants drop column if exists taken_back, drop column if exists taken_at,
     drop column if exists taken_by, drop column if exists taken_reason`,
] as const
