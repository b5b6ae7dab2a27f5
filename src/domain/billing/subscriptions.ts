import { v7 } from 'uuid'
import type { Sql } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import type { AuditBy } from '../audit/record'
import { isClosedSql, plansOnOffer } from './offer'
import { periodAt } from './period'
import { decidePlanChange, type PlanChoice } from './plan-change'
import { recordSubscription, type StoredState } from './record-subscription'
import { archivePeriod, rollSubscription } from './roll'
import { type ApiSubscription, readSubscription, toApiSubscription } from './subscription-row'

/** `actor` says whose rules apply to the choice of the plan, `by` is the person in the audit log. */
type Actor = { actor: 'user' | 'admin'; by: AuditBy }

/** The user's subscription as it is now, including an expired one; null if there never was one. */
export async function currentSubscription(
  sql: Sql,
  userId: string,
  now: Date | null,
): Promise<ApiSubscription | null> {
  const row = await readSubscription(sql, userId, now)
  return row && toApiSubscription(row)
}

/**
 * Chooses a plan by its name: starts, upgrades, marks a downgrade, or takes back a pending change. The row is locked
 * during this, so calls, settlements and other changes come before or after it. Throws, for field `plan`,
 * VALIDATION_ERROR if no such plan exists, and PLAN_NOT_AVAILABLE if users may not choose it.
 */
export async function subscribeWithin(
  sql: Sql,
  userId: string,
  planName: string,
  now: Date | null,
  actor: Actor,
): Promise<ApiSubscription> {
  await changePlan(sql, userId, await findPlan(sql, planName), now, actor)
  return requireSubscription(sql, userId, now)
}

/**
 * Gives a newly registered user the plan named in the settings; does nothing if none is named. Part of the caller's
 * transaction.
 */
export async function startDefaultSubscription(
  sql: Sql,
  userId: string,
  now: Date | null,
  by: AuditBy,
): Promise<void> {
  const found = await sql.query<NamedPlan>(
    `${selectPlan()} where id = (select default_plan_id from settings)`,
  )
  const plan = found.rows[0]
  if (plan) await changePlan(sql, userId, plan, now, { actor: 'admin', by })
}

/**
 * Cancels at the period's end; until then the subscription is usable. Cancelling twice is no error. Null if there is
 * no subscription, or only an expired one.
 */
export async function cancelWithin(
  sql: Sql,
  userId: string,
  now: Date | null,
  by: AuditBy,
): Promise<ApiSubscription | null> {
  const current = await rollSubscription(sql, userId, now)
  if (current === null || current.status === 'expired') return null
  await sql.query(
    `update subscriptions set status = 'cancelled', pending_plan_id = null, updated_at = now() where id = $1`,
    [current.id],
  )
  const after = { status: 'cancelled', plan: current.plan, pendingPlan: null } as const
  await recordSubscription(sql, by, current, after, now)
  return requireSubscription(sql, userId, now)
}

type NamedPlan = PlanChoice & { name: string }

async function changePlan(
  sql: Sql,
  userId: string,
  wanted: NamedPlan,
  now: Date | null,
  { actor, by }: Actor,
): Promise<void> {
  const current = await rollSubscription(sql, userId, now)
  const known = current && {
    status: current.status,
    planId: current.plan.id,
    rank: current.plan.rank,
    isPending: current.pendingPlan !== null,
  }
  const change = decidePlanChange(known, wanted, actor)
  if (change === 'not-offered') throw await notAvailable(sql, wanted)
  if (change === 'start' && current === null)
    return insertSubscription(sql, userId, wanted, now, { actor, by })
  if (current === null) return
  if (change === 'start') return restart(sql, current, wanted, now, by)
  const planId = change === 'upgrade' ? wanted.id : current.plan.id
  const pending = change === 'downgrade-at-period-end' ? wanted.id : null
  await sql.query(
    `update subscriptions set status = 'active', plan_id = $2, pending_plan_id = $3, updated_at = now() where id = $1`,
    [current.id, planId, pending],
  )
  const after = {
    status: 'active',
    plan: change === 'upgrade' ? wanted : current.plan,
    pendingPlan: pending ? wanted : null,
  }
  await recordSubscription(sql, by, current, after, now)
}

/**
 * If two requests create the first subscription at the same moment, one inserts it; the other finds that row and
 * changes it.
 */
export async function insertSubscription(
  sql: Sql,
  userId: string,
  wanted: NamedPlan,
  now: Date | null,
  actor: Actor,
): Promise<void> {
  const at = await moment(sql, now)
  const { start, end } = periodAt(at, at)
  const inserted = await sql.query<{ id: string }>(
    `insert into subscriptions (id, user_id, plan_id, status, started_at, period_start, period_end, created_at, updated_at)
     values ($1, $2, $3, 'active', $4, $4, $5, now(), now()) on conflict (user_id) do nothing returning id`,
    [v7(), userId, wanted.id, start, end],
  )
  const made = inserted.rows[0]
  if (!made) return changePlan(sql, userId, wanted, now, actor)
  await recordSubscription(sql, actor.by, { id: made.id, userId }, { status: 'active', plan: wanted }, now)
}

/** After an expired subscription: keeps its last period, and starts a new one now, with a new anchor. */
export async function restart(
  sql: Sql,
  expired: StoredState & { at: Date },
  wanted: NamedPlan,
  now: Date | null,
  by: AuditBy,
): Promise<void> {
  const { start, end } = periodAt(expired.at, expired.at)
  await archivePeriod(sql, expired)
  await sql.query(
    `update subscriptions set status = 'active', plan_id = $2, pending_plan_id = null, started_at = $3,
       period_start = $3, period_end = $4, tokens_used = 0, tokens_held = 0, extra_tokens = null, extra_until = null,
       updated_at = now() where id = $1`,
    [expired.id, wanted.id, start, end],
  )
  await recordSubscription(sql, by, expired, { status: 'active', plan: wanted, pendingPlan: null }, now)
}

async function moment(sql: Sql, now: Date | null): Promise<Date> {
  if (now !== null) return now
  const { rows } = await sql.query<{ at: Date }>('select clock_timestamp() as at')
  return rows[0]?.at ?? new Date()
}

const selectPlan = () =>
  `select id, name, rank, coalesce(self_service, false) as "selfService", ${isClosedSql('plans')} as "isClosed"
   from plans`

export async function findPlan(sql: Sql, name: string): Promise<NamedPlan> {
  const plan = (await sql.query<NamedPlan>(`${selectPlan()} where name = $1`, [name])).rows[0]
  if (!plan) throw await unknownPlan(sql)
  return plan
}

async function unknownPlan(sql: Sql): Promise<Problem> {
  const plans = await plansOnOffer(sql)
  const message = `There is no such plan. On offer: ${plans.join(', ') || 'none'}`
  return new Problem('VALIDATION_ERROR', message, { details: [{ field: 'plan', message, plans }] })
}

async function notAvailable(sql: Sql, { name, isClosed }: NamedPlan): Promise<Problem> {
  const plans = await plansOnOffer(sql)
  const reason = isClosed ? 'has a price, and this hub takes no payments yet' : 'is given by admins alone'
  const message = `The plan ${name} ${reason}: ask an admin. On offer: ${plans.join(', ') || 'none'}`
  return new Problem('PLAN_NOT_AVAILABLE', message, { details: [{ field: 'plan', message, plans }] })
}

async function requireSubscription(sql: Sql, userId: string, now: Date | null): Promise<ApiSubscription> {
  const current = await currentSubscription(sql, userId, now)
  if (!current) throw new Problem('CONFLICT', 'The subscription was removed meanwhile')
  return current
}
