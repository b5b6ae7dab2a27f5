/** So many live sessions an account has at most; one more ends the one that was used longest ago. */
export const MOST_SESSIONS = 50

/**
 * Ends the sessions that are too many, in the statement that opens one. A sign-in holds the lock of its credential, so those
 * of one account come one after the other, and the trigger's own statement sees what the one before it wrote; the
 * statement that opens the session would not.
 */
export const mostSessionsUp = [
  `create function hub_end_oldest_sessions() returns trigger language plpgsql as $$
   begin
     with too_many as materialized (
       select id from sessions
       where user_id = new.user_id and id <> new.id and revoked_at is null and expires_at > new.created_at
       order by last_used_at desc, id desc offset ${MOST_SESSIONS - 1}
     ), locked as materialized (
       select id from sessions where id in (select id from too_many) order by id for no key update
     )
     update sessions set revoked_at = new.created_at from locked
     where sessions.id = locked.id and sessions.revoked_at is null;
     return null;
   end $$`,
  `create trigger sessions_too_many after insert on sessions for each row execute function hub_end_oldest_sessions()`,
] as const

/** Undoes `mostSessionsUp`. */
export const mostSessionsDown = [
  `drop trigger if exists sessions_too_many on sessions`,
  `drop function if exists hub_end_oldest_sessions()`,
] as const
