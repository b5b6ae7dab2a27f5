import { v7 as newId } from 'uuid'
import { isDemoId } from '../../platform/database/demo-mark'
import type { Sql } from '../../platform/database/sql'
import { queueMail } from '../../platform/mail/outbox'
import { readBrand, readSettings } from '../settings/read-settings'
import type { AlertsDeps, Audience, NewAlert } from './alert'
import { adminLetter, userLetter } from './letters'

/** The audience from the current settings. */
export async function readAudience(sql: Sql, { config: { hubUrl } }: AlertsDeps): Promise<Audience> {
  const { alertAddresses, webhookUrl } = await readSettings(sql)
  return { alertAddresses, webhookUrl, brand: await readBrand(sql, hubUrl), hubUrl }
}

/**
 * Stores an alert and its deliveries, in the caller's transaction: mails in the outbox, and the webhook's call. Returns
 * false if this alert was raised before, by any instance.
 */
export async function raiseAlert(
  sql: Sql,
  alert: NewAlert,
  audience: Audience,
  now: Date | null = null,
): Promise<boolean> {
  const id = newId(now ? { msecs: now.getTime() } : undefined)
  const { kind, key, title, data, user = null, toolId = null } = alert
  const values = [id, now, kind, key, user?.id ?? null, toolId, title, JSON.stringify(data)]
  const raised = await sql.query(INSERT_ALERT, values)
  if (raised.rows.length === 0) return false
  // Alerts about demo data are shown in the panel, but nobody is notified.
  if (isDemoId(user?.id) || isDemoId(toolId)) return true
  if (user) await tellByMail(sql, id, userLetter(alert, user.email, audience), now)
  for (const address of new Set(audience.alertAddresses))
    await tellByMail(sql, id, adminLetter(alert, id, address, audience), now)
  if (audience.webhookUrl) await sql.query(INSERT_DELIVERY, [newId(), id, 'webhook', 'webhook', now])
  await sql.query(SET_STATE, [[id]])
  return true
}

async function tellByMail(
  sql: Sql,
  alertId: string,
  mail: Parameters<typeof queueMail>[1],
  now: Date | null,
): Promise<void> {
  const id = await queueMail(sql, mail, now)
  await sql.query(INSERT_DELIVERY, [id, alertId, 'mail', mail.recipient, now])
}

const INSERT_ALERT = `
  insert into alerts (id, at, kind, key, user_id, tool_id, title, data, last_seen_at, state)
  select $1, at, $3, $4, $5, $6, $7, $8::jsonb, at, 'nobody'
  from (select coalesce($2::timestamptz, now()) as at) moment
  on conflict (key) do nothing returning id`

const INSERT_DELIVERY = `
  insert into alert_deliveries (id, alert_id, channel, recipient, created_at, next_attempt_at)
  select $1, $2, $3, $4, at, at from (select coalesce($5::timestamptz, now()) as at) moment`

/** Stores the state of an alert's deliveries in the alert itself, so that a list needs no further query. */
export const setState = (alerts: string) => `
  update alerts set state = told.state from (
    select alert_id, case when bool_or(sent_at is null and given_up_at is null) then 'waiting'
      when bool_or(given_up_at is not null) then 'failed' else 'delivered' end as state
    from alert_deliveries where alert_id in (${alerts}) group by alert_id
  ) told where alerts.id = told.alert_id and alerts.state <> told.state`

/** The same for these alerts. */
export const SET_STATE = setState('select unnest($1::uuid[])')
