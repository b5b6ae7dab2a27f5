import type { AccountsConfig } from '../../domain/accounts/deps'
import type { AuditBy, AuditEvent } from '../../domain/audit/record'
import type { SubscriptionRow } from '../../domain/billing/subscription-row'
import type { Sql } from '../../platform/database/sql'
import type { Effect } from '../parts/effect'

/** What an action comes to: what it says it will change, and the change itself. */
export type Decision = {
  effects: Effect[]
  execute: (sql: Sql) => Promise<unknown>
  /** What goes on record with it, where the operation itself does not see to that. */
  record?: AuditEvent
}

export type UserContext = {
  user: { id: string; email: string; name: string; disabled: boolean }
  by: AuditBy & { userId: string }
  config: AccountsConfig
  /** In its period of this moment, and locked; null for a user without one. */
  subscription: SubscriptionRow | null
  lockedUntil: Date | null
  now: Date | null
}
