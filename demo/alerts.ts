import { v7 } from 'uuid'
import type { AlertKind } from '../src/domain/alerts/alert'
import { callsOf, DEMO_ADMIN, whenUsed } from './admin-acts'
import type { DemoCall } from './demo-call'
import type { DemoPeriod, DemoPerson } from './people'
import type { Random } from './random'
import { DEMO_TOOLS } from './tools'

const HOUR_MS = 3_600_000
const LOOK_MS = 15_000
const GIVEN_UP_MS = 72 * HOUR_MS

type Alert = {
  at: Date
  kind: AlertKind
  key: string
  user_id: string | null
  tool_id: string | null
  title: string
  data: Record<string, unknown>
  last_seen_at: Date
  /** Who was notified: a mail address, or null for the webhook. */
  told: Array<string | null>
}

export type DemoAlerts = { alerts: object[]; deliveries: object[] }

/**
 * The alerts that a hub would have raised for this usage, under the keys that it would give them, so that it does not
 * raise them again. All were delivered or given up: nothing is left for a timer to send.
 */
export function demoAlerts(people: DemoPerson[], calls: DemoCall[], now: Date, random: Random): DemoAlerts {
  const found = [...people.flatMap((person) => usageAlerts(person, calls)), ...toolAlerts(now)]
  const alerts = found
    .filter(({ at }) => at <= now)
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map((alert) => ({ ...alert, id: v7({ msecs: alert.at.getTime(), random: random.bytes(16), seq: 0 }) }))
  // An alert that the webhook never accepted, raised long enough ago to have been given up.
  const failing = alerts.find(({ at }) => at.getTime() < now.getTime() - GIVEN_UP_MS)?.id
  const deliveries = alerts.flatMap(({ id, at, told }) =>
    told.map((recipient) => deliveryOf(id, at, recipient, id === failing, random)),
  )
  const rows = alerts.map(({ told: _, ...alert }) => ({
    ...alert,
    state: alert.id === failing ? 'failed' : 'delivered',
  }))
  return { alerts: rows, deliveries }
}

function usageAlerts(person: DemoPerson, calls: DemoCall[]): Alert[] {
  return person.periods.flatMap((period) => {
    const own = callsOf(calls, person.id, period.start)
    return [
      usageAlert('usage-80', person, period, own),
      // A user whose limit was raised in time has not reached it.
      ...(person.role?.grantedShare ? [] : [usageAlert('usage-100', person, period, own)]),
    ].flatMap((alert) => alert ?? [])
  })
}

function usageAlert(
  kind: 'usage-80' | 'usage-100',
  { id, email }: DemoPerson,
  { start, end, plan }: DemoPeriod,
  calls: DemoCall[],
): Alert | null {
  const isAll = kind === 'usage-100'
  const reached = whenUsed(calls, plan.tokenLimit * (isAll ? 1 : 0.8))
  if (!reached) return null
  const at = new Date(reached.getTime() + LOOK_MS)
  const used = calls
    .filter(({ settled_at }) => settled_at <= reached.toISOString())
    .reduce((tokens, call) => tokens + call.tokens_used, 0)
  return {
    at,
    kind,
    key: `${kind}:${id}:${Math.floor(start.getTime() / 1_000)}`,
    user_id: id,
    tool_id: null,
    title: `${email} has used ${isAll ? 'all tokens' : '80 % of the tokens'} of the period`,
    data: { user: email, plan: plan.title, used, limit: plan.tokenLimit, periodEnd: end.toISOString() },
    last_seen_at: at,
    told: [email, DEMO_ADMIN.email, null],
  }
}

/** One alert for each outage. */
function toolAlerts(now: Date): Alert[] {
  return DEMO_TOOLS.flatMap(({ id, name, outage }) => {
    if (!outage) return []
    const at = new Date(now.getTime() - outage[0] * HOUR_MS + 4 * LOOK_MS)
    return {
      at,
      kind: 'tool-failing',
      key: `tool-failing:${id}::${at.getTime()}`,
      user_id: null,
      tool_id: id,
      title: `The tool ${name} is failing and is not called for now`,
      data: { tool: name, upstream: null, since: at.toISOString() },
      last_seen_at: new Date(now.getTime() - outage[1] * HOUR_MS),
      told: [DEMO_ADMIN.email, null],
    }
  })
}

function deliveryOf(alertId: string, at: Date, recipient: string | null, isFailing: boolean, random: Random) {
  const isGivenUp = isFailing && recipient === null
  const done = new Date(at.getTime() + (isGivenUp ? GIVEN_UP_MS : random.between(600, 4_000)))
  return {
    id: v7({ msecs: at.getTime(), random: random.bytes(16), seq: 0 }),
    alert_id: alertId,
    channel: recipient === null ? 'webhook' : 'mail',
    recipient: recipient ?? 'webhook',
    created_at: at,
    attempts: isGivenUp ? 18 : 1,
    next_attempt_at: done,
    sent_at: isGivenUp ? null : done,
    given_up_at: isGivenUp ? done : null,
    last_error: isGivenUp ? 'It answered 503' : null,
  }
}
