import type { AccountsConfig } from '../../domain/accounts/deps'
import type { AuditBy, AuditEvent } from '../../domain/audit/record'
import type { SubscriptionRow } from '../../domain/billing/subscription-row'
import type { Sql } from '../../platform/database/sql'
import type { Effect } from '../parts/effect'

/** The result of deciding an action: the effects to show, and the change itself. */
export type Decision = {
  effects: Effect[]
  execute: (sql: Sql) => Promise<unknown>
  /** The audit entry to record, if the operation itself does not record one. */
  record?: AuditEvent
}

export type UserContext = {
  user: { id: string; email: string; name: string; disabled: boolean }
  by: AuditBy & { userId: string }
  config: AccountsConfig
  /** The subscription in its current period, locked; null for a user without one. */
  subscription: SubscriptionRow | null
  lockedUntil: Date | null
  now: Date | null
}
