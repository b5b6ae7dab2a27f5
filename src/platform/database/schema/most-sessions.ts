/** The maximum live sessions of an account. One more ends the session that was used longest ago. */
export const MOST_SESSIONS = 50

/**
 * Ends the sessions above the maximum, in the statement that opens a session. A sign-in locks its credential, so the sign-ins
 * of one account run one after the other. The trigger's own statement sees what the previous sign-in wrote; the statement
 * that opens the session would not.
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
