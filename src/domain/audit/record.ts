import { v7 as newId } from 'uuid'
import type { Sql } from '../../platform/database/sql'

/** The actions that are audited. */
export const AUDIT_ACTIONS = [
  'create',
  'update',
  'delete',
  'sign-in',
  'sign-in-failed',
  'session-end',
  'unlock',
  'export',
] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]

/**
 * How the person was signed in: by a session or key, by a password at that moment, by a mailed link; or `nobody` was
 * signed in, or the hub itself did it.
 */
export const AUTH_METHODS = ['session', 'api-key', 'password', 'link', 'nobody', 'system'] as const
export type AuthMethod = (typeof AUTH_METHODS)[number]

/** Where a request came from, as far as the hub knows it. */
export type AuditOrigin = { address: string | null; userAgent: string | null; requestId?: string | null }

/** Who did it, and from where. */
export type AuditBy = AuditOrigin & {
  userId: string | null
  email: string | null
  via: AuthMethod
  apiKeyId?: string | null
}

/** The changed fields, each with its value before and after; secrets are already hidden. */
export type Changes = Record<string, { from: unknown; to: unknown }>

export type AuditEvent = {
  action: AuditAction
  /** The collection or global that it is about, by its slug. */
  subject: string
  subjectId: string | null
  /** The document's name at that moment: the document may be deleted later. */
  title: string | null
  changes?: Changes
  note?: string | null
}

export const NOWHERE: AuditOrigin = { address: null, userAgent: null, requestId: null }

/** The hub itself: timers, the first start. */
export const SYSTEM: AuditBy = { ...NOWHERE, userId: null, email: null, via: 'system' }

/** A request of somebody who is not signed in. */
export const byNobody = (origin: AuditOrigin): AuditBy => ({
  ...origin,
  userId: null,
  email: null,
  via: 'nobody',
})

type Signed = { userId: string; email: string; via: 'session' | 'api-key'; apiKeyId?: string | null }

/** The user who is signed in. */
export const byPrincipal = ({ userId, email, via, apiKeyId }: Signed, origin: AuditOrigin): AuditBy => ({
  ...origin,
  userId,
  email,
  via,
  apiKeyId: apiKeyId ?? null,
})

/**
 * Writes the events in the caller's transaction: they are recorded if, and only if, it commits. Rows are never changed
 * or deleted; the database refuses it.
 */
export async function recordAudit(
  sql: Sql,
  by: AuditBy,
  events: AuditEvent[],
  now: Date | null = null,
): Promise<void> {
  if (events.length === 0) return
  const rows = events.map(({ subjectId, note, changes, ...event }) => ({
    ...event,
    id: newId(now ? { msecs: now.getTime() } : undefined),
    subject_id: subjectId,
    note: note ?? null,
    changes: changes ?? null,
  }))
  const values = [JSON.stringify(rows), now, by.userId, by.email, by.via, by.apiKeyId ?? null]
  await sql.query(INSERT_EVENTS, [...values, by.address, by.userAgent, by.requestId ?? null])
}

/** For statements that write and record at once: the `select` that follows must return these columns, in order. */
export const INSERT_AUDIT = `
  insert into audit_logs (id, at, action, actor_id, actor_email, via, subject, subject_id, title, note, changes,
    api_key_id, address, user_agent, request_id)`

const INSERT_EVENTS = `${INSERT_AUDIT}
  select e.id, coalesce($2::timestamptz, now()), e.action, $3::uuid, $4::text, $5::text, e.subject, e.subject_id,
    coalesce(u.email, e.title), e.note, e.changes, $6::text, $7::text, left($8::text, 400), $9::text
  from jsonb_to_recordset($1::jsonb) as e(id uuid, action text, subject text, subject_id text, title text, note text,
    changes jsonb)
  -- A subscription is named after its user.
  left join subscriptions s on s.id = case when e.subject = 'subscriptions' then e.subject_id::uuid end
  left join users u on u.id = s.user_id`
