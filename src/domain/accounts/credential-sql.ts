/** Which API keys are live at the moment `at`; `key` is an alias of api_keys. */
export const KEY_IS_LIVE = (key: string, at: string) =>
  `${key}.active and (${key}.expires_at is null or ${key}.expires_at > ${at})`

/** Which sessions are live at the moment `at`; `session` is an alias of sessions. */
export const SESSION_IS_LIVE = (session: string, at: string) =>
  `${session}.revoked_at is null and ${session}.expires_at > ${at}`

/** Users whose credentials are valid at all; `owner` is an alias of users. */
export const OWNER_IS_LET_IN = (owner: string) => `${owner}.disabled is not true`

/**
 * The one SQL text that says which credential is live and who owns it. Sign-in (`findPrincipal`) and the admission of
 * calls both join it, so that a revoked key or an ended session stops working in both at once.
 *
 * Put it in a FROM clause after a relation `asked`, which has these columns (and possibly others):
 *
 * | column       | type        |                                                                    |
 * |--------------|-------------|--------------------------------------------------------------------|
 * | `key_hash`   | text        | hex SHA-256 of an API key; null for a session                      |
 * | `session_id` | uuid        | the session that an access token names; null for a key             |
 * | `user_id`    | uuid        | the user that the access token names; null for a key               |
 * | `at`         | timestamptz | the time of the check, `coalesce($n::timestamptz, now())`          |
 *
 *     from asked left join ${CREDENTIAL_SQL} on true    -- caller.user_id is null: 401
 *
 * It yields at most one row `caller`: user_id, name, email, role, created_at, session_id, api_key_id.
 * It is lateral, so that a batch of any size is still searched by index.
 */
export const CREDENTIAL_SQL = `lateral (
  select owner.id as user_id, owner.name, owner.email, owner.role::text as role, owner.created_at,
    live.session_id, live.api_key_id
  from (
    select session.user_id, session.id as session_id, null::uuid as api_key_id
    from sessions session
    where session.id = asked.session_id and session.user_id = asked.user_id
      and ${SESSION_IS_LIVE('session', 'asked.at')}
    union all
    select api_key.user_id, null::uuid, api_key.id
    from api_keys api_key
    where api_key.key_hash = asked.key_hash and asked.session_id is null
      and ${KEY_IS_LIVE('api_key', 'asked.at')}
  ) live
  join users owner on owner.id = live.user_id and ${OWNER_IS_LET_IN('owner')}
) caller`
