import { z } from 'zod'
import { inFull, inUtc } from '../../../platform/kernel/in-words'
import { Problem } from '../../../platform/kernel/problem'
import type { Done, Operation } from '../../operation/operation'
import { reasonSchema } from '../../operation/reason'
import { givenBefore, grantEnd, grantedNote, grantTokens, MOST_GRANTED } from '../grants'
import { limitOf } from '../subscription-row'
import { lockRunning, onSubscription } from './on-subscription'

const input = z.strictObject({
  tokens: z.number().int().min(1).max(MOST_GRANTED),
  reason: reasonSchema,
  /** Null: when the period ends. */
  expiresAt: z.iso.datetime({ offset: true }).nullable(),
  /** The same request sent again gives nothing more. */
  requestId: z.uuid(),
})

/** Gives extra tokens for a user's current period. Throws NOT_FOUND, CONFLICT without a running subscription. */
export const grantTokensToUser = {
  name: 'grantTokens',
  access: 'admin',
  input,
  async run(sql, { subjectId: userId, input: { expiresAt: until, ...sent }, caller, now }) {
    const row = await lockRunning(sql, userId, now)
    const given = await givenBefore(sql, userId, sent.requestId)
    if (given !== null) return givenAlready(given, sent.tokens)
    const expiresAt = until === null ? null : new Date(until)
    const ends = grantEnd(row, { expiresAt })
    const limit = limitOf(row)
    const left = (of: number) => inFull(Math.max(0, of - row.tokensUsed - row.tokensHeld))
    await grantTokens(sql, row, { ...sent, expiresAt, adminId: caller.userId })
    return {
      output: undefined,
      effects: [
        { what: 'Tokens in this period', before: inFull(limit), after: inFull(limit + sent.tokens) },
        { what: 'Left', before: left(limit), after: left(limit + sent.tokens) },
        { what: 'The extra tokens end', before: '–', after: inUtc(ends) },
      ],
      record: onSubscription(row, grantedNote({ ...sent, expiresAt: ends })),
    }
  },
} satisfies Operation<typeof input, void>

/** The same request sent again: the effect says so, and no more tokens are added or recorded. */
function givenAlready(given: number, tokens: number): Done<void> {
  if (given !== tokens)
    throw new Problem('CONFLICT', 'This request id was used for another grant of this user.')
  const after = 'no more tokens are added'
  return {
    output: undefined,
    effects: [{ what: 'This grant', before: `${inFull(given)}, given already`, after }],
  }
}
