import type { Sql } from '../../platform/database/sql'
import { type AuditBy, type Changes, recordAudit } from '../audit/record'

type NamedPlan = { id: string; name: string }

/** The part of a subscription that a user or an admin decides; its period and counters follow from it. */
export type Chosen = { status: string; plan: NamedPlan; pendingPlan?: NamedPlan | null }

/** A subscription before a change; a new one has no `plan` yet. */
export type StoredState = { id: string; userId: string } & Partial<Chosen>

/** Records a choice of a plan in the audit log, in its transaction; records nothing if nothing changed. */
export async function recordSubscription(
  sql: Sql,
  by: AuditBy,
  before: StoredState,
  after: Chosen,
  now: Date | null,
): Promise<void> {
  const isNew = before.plan === undefined
  const changes = differing({
    ...(isNew ? { user: { from: null, to: before.userId } } : {}),
    status: { from: before.status ?? null, to: after.status },
    plan: { from: label(before.plan), to: label(after.plan) },
    pendingPlan: { from: label(before.pendingPlan), to: label(after.pendingPlan) },
  })
  if (Object.keys(changes).length === 0) return
  const about = { subject: 'subscriptions', subjectId: before.id, title: before.id, changes }
  await recordAudit(sql, by, [{ action: isNew ? 'create' : 'update', ...about }], now)
}

function differing(changes: Changes): Changes {
  return Object.fromEntries(Object.entries(changes).filter(([, { from, to }]) => from !== to))
}

const label = (plan: NamedPlan | null | undefined): string | null =>
  plan ? `${plan.name} (${plan.id})` : null
