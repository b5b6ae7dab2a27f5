import type { Dispatcher } from 'undici'
import type { Sql } from '../../platform/database/sql'
import { loggedMessage } from '../../platform/log/logged-error'
import { checkEndpoint } from '../../platform/outbound/address-guard'
import { toolAgent } from '../../platform/outbound/agent'
import { callHttp } from '../../platform/outbound/call-http'
import { toolSettings } from '../../platform/outbound/outbound-settings'
import { readSettings } from '../settings/read-settings'
import { openWebhookSecret } from '../settings/webhook-secret'
import type { AlertsDeps } from './alert'
import { SET_STATE } from './raise-alert'
import { signedCall } from './webhook'

const MOST_AT_ONCE = 10
const TIMEOUT_MS = 15_000
const MOST_ANSWER_BYTES = 64 * 1024

/**
 * Calls the webhook for due deliveries, at most ten, and stores the results. Other instances skip a row that one
 * instance took. Taking a row first postpones its next attempt, so a crash means another attempt, not a lost alert. No
 * connection is held meanwhile. Returns how many calls were accepted.
 */
export async function deliverWebhooks(
  deps: AlertsDeps,
  now: Date | null = null,
  agent: () => Dispatcher = toolAgent,
): Promise<number> {
  const due = await deps.pool.query<Due>(TAKE, [now, MOST_AT_ONCE])
  if (due.rows.length === 0) return 0
  const { webhookUrl } = await readSettings(deps.pool)
  const faults = await Promise.all(due.rows.map((row) => send(deps, row, webhookUrl, now, agent)))
  const ids = [...new Set(due.rows.map(({ alert_id }) => alert_id))].sort()
  await deps.pool.query(SET_STATE, [ids])
  return faults.filter((fault) => fault === null).length
}

type Due = {
  id: string
  alert_id: string
  kind: string
  at: Date
  title: string
  data: Record<string, unknown>
  is_last: boolean
}

/**
 * Tried again after 5 s, then after four times as long each time, up to six hours; given up three days after the alert.
 */
const TAKE = `
  with moment as (select coalesce($1::timestamptz, now()) as at), due as (
    select d.id from alert_deliveries d, moment
    where d.channel = 'webhook' and d.sent_at is null and d.given_up_at is null and d.next_attempt_at <= moment.at
    order by d.next_attempt_at limit $2 for update of d skip locked
  ), taken as (
    update alert_deliveries d set attempts = d.attempts + 1, next_attempt_at = moment.at +
      least(interval '6 hours', interval '5 seconds' * power(4, least(d.attempts, 8)))
    from due, moment where d.id = due.id
    returning d.id, d.alert_id, d.next_attempt_at > d.created_at + interval '3 days' as is_last
  )
  select taken.*, a.kind, a.at, a.title, a.data from taken join alerts a on a.id = taken.alert_id order by taken.id`

/** Null if the webhook accepted it; else the error, which is stored too. */
async function send(
  { pool, config }: AlertsDeps,
  row: Due,
  url: string | null,
  now: Date | null,
  agent: () => Dispatcher,
): Promise<string | null> {
  const fault = await call(pool, config.secret, row, url, now, agent).catch(loggedMessage)
  if (fault === null) await pool.query(SENT, [row.id, now])
  else await pool.query(FAILED, [row.id, fault.slice(0, 500), row.is_last || url === null, now])
  return fault
}

const SENT = `
  update alert_deliveries set sent_at = coalesce($2::timestamptz, now()), last_error = null where id = $1`
const FAILED = `
  update alert_deliveries set last_error = $2,
    given_up_at = case when $3 then coalesce($4::timestamptz, now()) end
  where id = $1`

async function call(
  sql: Sql,
  hubSecret: string,
  { alert_id, kind, at, title, data }: Due,
  url: string | null,
  now: Date | null,
  agent: () => Dispatcher,
): Promise<string | null> {
  if (url === null) return 'The webhook was removed from the settings'
  const fault = checkEndpoint(url, toolSettings().policy)
  if (fault) return fault
  const secret = await openWebhookSecret(sql, url, hubSecret)
  if (!secret) return 'No signing secret is set'
  const event = { id: alert_id, type: `alert.${kind}`, timestamp: at.toISOString(), data: { title, ...data } }
  const { body, headers } = signedCall(event, secret, now ?? new Date())
  const answer = await callHttp(
    {
      url,
      method: 'POST',
      headers,
      body,
      timeoutMs: TIMEOUT_MS,
      retries: 0,
      maxAnswerBytes: MOST_ANSWER_BYTES,
    },
    agent(),
  )
  if (answer.ended === 'answered') return null
  return 'reason' in answer ? answer.reason : `It did not answer within ${TIMEOUT_MS / 1_000} s`
}
