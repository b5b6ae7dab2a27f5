import type { Sql } from '../../platform/database/sql'
import { setState } from './raise-alert'

/** How long an alert and its deliveries are kept. */
export const KEPT_DAYS = 180

/**
 * Stores with each alert what the outbox did with its mails, because the outbox keeps mails only for some days. A mail
 * that is gone but was not sent was given up.
 */
export async function noteMails(sql: Sql, now: Date | null = null): Promise<void> {
  await sql.query(NOTE_MAILS, [now])
  await sql.query(SETTLE_STATES)
}

/** Two deliveries that end at the same moment may each see the other as unfinished: this checks again. */
const SETTLE_STATES = setState(`select id from alerts where state = 'waiting' order by id limit 1000`)

const NOTE_MAILS = `
  with moment as (select coalesce($1::timestamptz, now()) as at), open as (
    select d.id from alert_deliveries d
    where d.channel = 'mail' and d.sent_at is null and d.given_up_at is null
    order by d.id limit 1000 for update skip locked
  ), mails as (
    select open.id, m.id is null as gone, m.sent_at, m.attempts, m.last_error,
      coalesce(m.due_at, m.next_attempt_at) as next_attempt_at, m.created_at
    from open left join mail_outbox m on m.id = open.id
  )
  update alert_deliveries d set sent_at = mails.sent_at, attempts = coalesce(mails.attempts, d.attempts),
    last_error = case when mails.gone then d.last_error else mails.last_error end,
    next_attempt_at = coalesce(mails.next_attempt_at, d.next_attempt_at),
    given_up_at = case when mails.sent_at is null
      and (mails.gone or mails.created_at <= moment.at - interval '24 hours') then moment.at end
  from mails, moment
  where d.id = mails.id and (mails.gone or mails.sent_at is not null or mails.attempts <> d.attempts
    or mails.last_error is distinct from d.last_error or mails.created_at <= moment.at - interval '24 hours')
`

/** Removes alerts that are older than half a year. */
export async function deleteOldAlerts(sql: Sql, now: Date | null = null): Promise<void> {
  await sql.query(
    `delete from alerts where id < hub_uuid_at(coalesce($1::timestamptz, now()) - make_interval(days => $2))`,
    [now, KEPT_DAYS],
  )
}
