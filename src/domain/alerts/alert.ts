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

/** Whether those who should know do: `nobody` where no address and no webhook was set. */
export const ALERT_STATES = ['waiting', 'delivered', 'failed', 'nobody'] as const

/** Something to tell, once: a second one of the same `key` is none. */
export type NewAlert = {
  kind: AlertKind
  key: string
  title: string
  data: Record<string, unknown>
  toolId?: string | null
  /** Whom it is about; they are told too. */
  user?: { id: string; email: string } | null
}

/** What this folder needs of the process. */
export type AlertsDeps = { pool: Pool; config: Pick<Config, 'hubUrl'> & { secret: string } }

/** One look, and one delivery, at a time among all instances. */
export const ALERTS_LOCK = `hashtext('hub.alerts')`

/** Who is told, and in whose name: read once for all alerts of a turn. */
export type Audience = Pick<HubSettings, 'alertAddresses' | 'webhookUrl'> & { brand: Brand; hubUrl: string }
