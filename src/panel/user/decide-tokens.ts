import type { AuditEvent } from '../../domain/audit/record'
import { givenBefore, grantEnd, grantedNote, grantTokens } from '../../domain/billing/grants'
import { limitOf, type SubscriptionRow } from '../../domain/billing/subscription-row'
import { remainderOf, takeBack, takenBackNote } from '../../domain/billing/take-back'
import type { Sql } from '../../platform/database/sql'
import { Problem } from '../../platform/kernel/problem'
import { inFull, inUtc } from '../parts/numbers'
import type { UserAction } from './action-input'
import type { Decision, UserContext } from './decision'

export async function grant(
  sql: Sql,
  context: UserContext,
  action: Extract<UserAction, { action: 'grant' }>,
): Promise<Decision> {
  const row = running(context)
  const given = await givenBefore(sql, row.userId, action.requestId)
  if (given !== null) return givenAlready(given, action.tokens)
  const expiresAt = action.expiresAt === null ? null : new Date(action.expiresAt)
  const ends = grantEnd(row, { expiresAt })
  const limit = limitOf(row)
  const left = (of: number) => inFull(Math.max(0, of - row.tokensUsed - row.tokensHeld))
  return {
    effects: [
      { what: 'Tokens in this period', before: inFull(limit), after: inFull(limit + action.tokens) },
      { what: 'Left', before: left(limit), after: left(limit + action.tokens) },
      { what: 'The extra tokens end', before: '–', after: inUtc(ends) },
    ],
    execute: (tx) => grantTokens(tx, row, { ...action, expiresAt, adminId: context.by.userId }),
    record: onSubscription(row, grantedNote({ ...action, expiresAt: ends })),
  }
}

/** The same request sent again: the effect says so, and nothing more is given or recorded. */
function givenAlready(given: number, tokens: number): Decision {
  if (given !== tokens)
    throw new Problem('CONFLICT', 'This request id was used for another grant of this user.')
  return {
    effects: [
      { what: 'This grant', before: `${inFull(given)}, given already`, after: 'nothing more is given' },
    ],
    execute: async () => undefined,
  }
}

export async function takeBackGrant(
  sql: Sql,
  context: UserContext,
  { grantId, reason }: Extract<UserAction, { action: 'take-back-grant' }>,
): Promise<Decision> {
  const row = running(context)
  const remainder = await remainderOf(sql, row, grantId)
  const { tokens, taken, kept } = remainder
  const limit = limitOf(row)
  const left = limit - row.tokensUsed - row.tokensHeld
  return {
    effects: [
      { what: 'This grant', before: inFull(tokens), after: kept > 0 ? `${inFull(kept)}, in use` : '0' },
      { what: 'Tokens in this period', before: inFull(limit), after: inFull(limit - taken) },
      { what: 'Left', before: inFull(left), after: inFull(left - taken) },
      { what: 'Used so far', before: inFull(row.tokensUsed), after: 'stays used' },
    ],
    execute: (tx) => takeBack(tx, row, remainder, { reason, adminId: context.by.userId }),
    record: onSubscription(row, takenBackNote(remainder, reason)),
  }
}

/** The subscription that admits calls. Throws CONFLICT if there is none. */
export function running({ subscription }: UserContext): SubscriptionRow {
  if (!subscription || subscription.status === 'expired')
    throw new Problem('CONFLICT', 'This user has no running subscription. Give them a plan first.')
  return subscription
}

export const onSubscription = ({ id }: SubscriptionRow, note: string): AuditEvent => ({
  action: 'update',
  subject: 'subscriptions',
  subjectId: id,
  title: id,
  note,
})
