import { z } from 'zod'
import { Problem } from '../../../platform/kernel/problem'
import type { Operation } from '../../operation/operation'
import { reasonSchema } from '../../operation/reason'
import { setPause } from '../pause'
import { lockRunning, lockSubscription, onSubscription } from './on-subscription'

const input = z.strictObject({ reason: reasonSchema })
const nothing = z.strictObject({})

/** Refuses a user's calls from now on. Throws CONFLICT if they are paused, or have no running subscription. */
export const pauseUser = {
  name: 'pause',
  access: 'admin',
  input,
  async run(sql, { subjectId: userId, input: { reason }, now }) {
    const row = await lockRunning(sql, userId, now)
    if (row.pausedAt) throw new Problem('CONFLICT', 'This user is paused already.')
    await setPause(sql, userId, { reason, at: row.at })
    return {
      output: undefined,
      effects: [
        { what: 'New calls', before: 'pass', after: 'refused as ACCOUNT_PAUSED' },
        { what: 'Calls in flight, plan, tokens, history', before: 'as they are', after: 'as they are' },
      ],
      record: onSubscription(row, `Paused: ${reason}`),
    }
  },
} satisfies Operation<typeof input, void>

/** Accepts their calls again. Throws CONFLICT if they are not paused. */
export const resumeUser = {
  name: 'resume',
  access: 'admin',
  input: nothing,
  async run(sql, { subjectId: userId, now }) {
    const row = await lockSubscription(sql, userId, now)
    if (!row?.pausedAt) throw new Problem('CONFLICT', 'This user is not paused.')
    await setPause(sql, userId, null)
    return {
      output: undefined,
      effects: [{ what: 'New calls', before: 'refused as ACCOUNT_PAUSED', after: 'pass' }],
      record: onSubscription(row, 'Resumed'),
    }
  },
} satisfies Operation<typeof nothing, void>
