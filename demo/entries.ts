import { v7 } from 'uuid'
import type { AuditAction, AuthMethod, Changes } from '../src/domain/audit/record'
import { demoEntryId } from '../src/platform/database/demo-mark'
import type { Random } from './random'
import { BROWSERS } from './write-people'

/** One event, as the audit log shows it; `who` is null if nobody was signed in. */
export type DemoEvent = {
  at: Date
  who: { id: string; email: string } | null
  via: AuthMethod
  action: AuditAction
  subject: string
  subjectId: string | null
  title: string
  note?: string
  changes?: Changes
  address?: string
  userAgent?: string
  requestId?: string
}

/** The rows of `audit_logs` for the events until `now`, in order. */
export function toEntries(events: DemoEvent[], now: Date, random: Random): object[] {
  return events
    .filter(({ at }) => at <= now)
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map((event, nth) => ({
      id: demoEntryId(event.at, nth),
      at: event.at,
      action: event.action,
      actor_id: event.who?.id ?? null,
      actor_email: event.who?.email ?? null,
      via: event.via,
      subject: event.subject,
      subject_id: event.subjectId,
      title: event.title,
      note: event.note ?? null,
      changes: event.changes ?? null,
      address: event.address ?? `198.51.100.${random.between(1, 254)}`,
      user_agent: event.userAgent ?? random.pick(BROWSERS),
      request_id: event.requestId ?? v7({ msecs: event.at.getTime(), random: random.bytes(16), seq: nth }),
    }))
}

/** The changes that record a new document. */
export const made = (values: Record<string, unknown>): Changes =>
  Object.fromEntries(Object.entries(values).map(([name, to]) => [name, { from: null, to }]))
