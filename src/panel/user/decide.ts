import { givePlan, planGiven } from '../../domain/billing/give-plan'
import { setPause } from '../../domain/billing/pause'
import { limitOf } from '../../domain/billing/subscription-row'
import type { Sql } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import type { Effect } from '../parts/effect'
import { inFull, inUtc } from '../parts/numbers'
import type { UserAction } from './action-input'
import { endOne, endSessions, resetLink, revokeKey, unlock } from './decide-account'
import { grant, onSubscription, running, takeBackGrant } from './decide-tokens'
import type { Decision, UserContext } from './decision'

/**
 * Decides what an action changes. The panel first shows the effects; to execute, it makes the decision again on the
 * state of that moment. Throws CONFLICT if the action does not fit the user's state, VALIDATION_ERROR for invalid
 * fields.
 */
export async function decide(sql: Sql, context: UserContext, action: UserAction): Promise<Decision> {
  switch (action.action) {
    case 'change-plan':
      return changePlan(sql, context, action)
    case 'grant':
      return grant(sql, context, action)
    case 'take-back-grant':
      return takeBackGrant(sql, context, action)
    case 'pause':
      return pause(context, action.reason)
    case 'resume':
      return resume(context)
    case 'revoke-key':
      return revokeKey(sql, context, action.keyId)
    case 'end-session':
      return endOne(sql, context, action.sessionId)
    case 'end-sessions':
      return endSessions(sql, context)
    case 'unlock':
      return unlock(context)
    case 'reset-link':
      return resetLink(context)
  }
}

async function changePlan(
  sql: Sql,
  { user, subscription, now, by }: UserContext,
  { plan, when }: Extract<UserAction, { action: 'change-plan' }>,
): Promise<Decision> {
  const given = await planGiven(sql, subscription, plan, when)
  const before = subscription ? subscription.plan.name : 'none'
  const effects: Effect[] =
    given.kind === 'later'
      ? [
          {
            what: `Plan from ${inUtc(given.from)} on`,
            before: subscription?.pendingPlan?.name ?? before,
            after: plan,
          },
        ]
      : [{ what: 'Plan, from the next call on', before, after: plan }]
  if (given.kind === 'start')
    effects.push({ what: 'Billing period', before: 'none is running', after: 'a new one starts now' })
  if (given.kind === 'now' && subscription) {
    const limit = given.tokenLimit + subscription.extraTokens
    effects.push({ what: 'Tokens a period', before: inFull(limitOf(subscription)), after: inFull(limit) })
    effects.push({ what: 'Used so far', before: inFull(subscription.tokensUsed), after: 'stays used' })
  }
  if (subscription?.status === 'cancelled' && given.kind !== 'start')
    effects.push({ what: 'Cancellation', before: 'at the end of the period', after: 'taken back' })
  return { effects, execute: (tx) => givePlan(tx, user.id, subscription, given, { now, by }) }
}

function pause(context: UserContext, reason: string): Decision {
  const row = running(context)
  if (row.pausedAt) throw new Problem('CONFLICT', 'This user is paused already.')
  return {
    effects: [
      { what: 'New calls', before: 'pass', after: 'refused as ACCOUNT_PAUSED' },
      { what: 'Calls under way, plan, tokens, history', before: 'as they are', after: 'as they are' },
    ],
    execute: (sql) => setPause(sql, row.userId, { reason, at: row.at }),
    record: onSubscription(row, `Paused: ${reason}`),
  }
}

function resume({ subscription, user }: UserContext): Decision {
  if (!subscription?.pausedAt) throw new Problem('CONFLICT', 'This user is not paused.')
  return {
    effects: [{ what: 'New calls', before: 'refused as ACCOUNT_PAUSED', after: 'pass' }],
    execute: (sql) => setPause(sql, user.id, null),
    record: onSubscription(subscription, 'Resumed'),
  }
}
