import { z } from 'zod'
import type { Sql } from '../../../platform/database/sql'
import { inFull } from '../../../platform/kernel/in-words'
import { Problem } from '../../../platform/kernel/problem'
import type { Operation } from '../../operation/operation'
import { endAllSessions, endSession } from '../sessions'
import { findUser, onUser } from './user'

const one = z.strictObject({ sessionId: z.uuid() })
const nothing = z.strictObject({})

/** Ends one session of a user. Throws NOT_FOUND if it is not live. */
export const endSessionOfUser = {
  name: 'endSession',
  access: 'admin',
  input: one,
  async run(sql, { subjectId, input: { sessionId }, caller: { by }, now }) {
    const user = await findUser(sql, subjectId)
    await endSession(sql, user.id, sessionId, now, by)
    const effect = { what: 'This session', before: 'signed in', after: 'ended at once' }
    return { output: undefined, effects: [effect] }
  },
} satisfies Operation<typeof one, void>

/** Ends all sessions of a user. Throws CONFLICT if there is none. */
export const endSessionsOfUser = {
  name: 'endSessions',
  access: 'admin',
  input: nothing,
  async run(sql, { subjectId, now }) {
    const user = await findUser(sql, subjectId)
    const live = await countSessions(sql, user.id, now)
    if (live === 0) throw new Problem('CONFLICT', 'This user has no session.')
    await endAllSessions(sql, user.id, now)
    return {
      output: undefined,
      effects: [
        { what: 'Sessions', before: inFull(live), after: '0: they have to sign in again everywhere' },
        { what: 'API keys', before: 'as they are', after: 'as they are' },
      ],
      record: onUser('session-end', user, 'All of them'),
    }
  },
} satisfies Operation<typeof nothing, void>

async function countSessions(sql: Sql, userId: string, now: Date | null): Promise<number> {
  const { rows } = await sql.query<{ live: number }>(
    `select count(*)::int as live from sessions
     where user_id = $1 and revoked_at is null and expires_at > coalesce($2::timestamptz, now())`,
    [userId, now],
  )
  return rows[0]?.live ?? 0
}
