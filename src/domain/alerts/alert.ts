import type { Pool } from 'pg'
import type { Config } from '../../platform/config/environment'
import type { Brand, HubSettings } from '../settings/read-settings'

/** The kinds of alert. `usage-…` is about a user, who is notified too. */
export const ALERT_KINDS = [
  'usage-80',
  'usage-100',
  'tool-failing',
  'report-above-bound',
  'ledger-drift',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** Whether the alert was delivered: `nobody` if no address and no webhook was set. */
export const ALERT_STATES = ['waiting', 'delivered', 'failed', 'nobody'] as const

/** An alert to raise once: a second one with the same `key` is ignored. */
export type NewAlert = {
  kind: AlertKind
  key: string
  title: string
  data: Record<string, unknown>
  toolId?: string | null
  /** The user whom it is about, who is notified too. */
  user?: { id: string; email: string } | null
}

/** What this folder needs from the process. */
export type AlertsDeps = { pool: Pool; config: Pick<Config, 'hubUrl'> & { secret: string } }

/** The advisory lock under which only one instance at a time looks for alerts. */
export const ALERTS_LOCK = `hashtext('hub.alerts')`

/** Who is notified, and under which hub name: read once for all alerts of a run. */
export type Audience = Pick<HubSettings, 'alertAddresses' | 'webhookUrl'> & { brand: Brand; hubUrl: string }
