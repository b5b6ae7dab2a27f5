import { z } from 'zod'
import { inFull } from '../../../platform/kernel/in-words'
import type { Operation } from '../../operation/operation'
import { reasonSchema } from '../../operation/reason'
import { limitOf } from '../subscription-row'
import { remainderOf, takeBack, takenBackNote } from '../take-back'
import { lockRunning, onSubscription } from './on-subscription'

const input = z.strictObject({ grantId: z.uuid(), reason: reasonSchema })

/** Takes back what is left of a grant. Throws NOT_FOUND, and CONFLICT if nothing of it can be taken back. */
export const takeBackGrant = {
  name: 'takeBackGrant',
  access: 'admin',
  input,
  async run(sql, { subjectId: userId, input: { grantId, reason }, caller, now }) {
    const row = await lockRunning(sql, userId, now)
    const remainder = await remainderOf(sql, row, grantId)
    await takeBack(sql, row, remainder, { reason, adminId: caller.userId })
    const { tokens, taken, kept } = remainder
    const limit = limitOf(row)
    const left = limit - row.tokensUsed - row.tokensHeld
    return {
      output: undefined,
      effects: [
        { what: 'This grant', before: inFull(tokens), after: kept > 0 ? `${inFull(kept)}, in use` : '0' },
        { what: 'Tokens in this period', before: inFull(limit), after: inFull(limit - taken) },
        { what: 'Left', before: inFull(left), after: inFull(left - taken) },
        { what: 'Used so far', before: inFull(row.tokensUsed), after: 'stays used' },
      ],
      record: onSubscription(row, takenBackNote(remainder, reason)),
    }
  },
} satisfies Operation<typeof input, void>
